package io.teex.executor.endive;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * All randomness a guest sees: the ChaCha20 key stream (RFC 8439) of the task's seed, nonce zero,
 * counter from zero on.
 */
final class Randomness {
  private static final int NONCE_BYTES = 12;

  private final byte[] seed;
  private @Nullable Cipher cipher;

  Randomness(byte[] seed) {
    this.seed = seed;
  }

  byte[] next(int size) {
    try {
      if (cipher == null) {
        // Few guests ask for randomness, and loading the library takes time.
        cipher = Cipher.getInstance("ChaCha20");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(seed, "ChaCha20"),
            new ChaCha20ParameterSpec(new byte[NONCE_BYTES], 0));
      }
      byte[] stream = cipher.update(new byte[size]);
      return stream == null ? new byte[0] : stream;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks ChaCha20", e);
    }
  }
}
