package io.teex.manager.keys;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps the keys that providers entrust to the manager, so that TEE-DS alone, even a broken node of
 * it, opens none of them and cannot pass one off as another: AES-256-GCM with the kind, the id and
 * all that is kept beside the key as associated data. A row in which anything was changed does not
 * open.
 *
 * <p>Nonces are random. With at most 2³² keys of a kind a collision stays below 2⁻³².
 */
public final class KeyWrap {
  /** What a wrapped key opens. */
  public enum Kind {
    IMAGE,
    DATASET,
    SERVICE
  }

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final RootKeys keys;
  private final SecureRandom random;

  public KeyWrap(RootKeys keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  /**
   * @param id digest of the image or licence that the key belongs to
   * @param terms what is kept beside the key, in one encoding
   * @return nonce ‖ ciphertext ‖ tag
   */
  public Bytes wrap(Kind kind, Bytes32 id, Bytes terms, SecretBytes key) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = key.expose();
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, kind, id, terms, nonce).doFinal(plain);
      return Bytes.concat(Bytes.of(nonce), Bytes.of(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM always encrypts", e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT} if it was not wrapped by this manager for this
   *     kind, id and terms
   */
  public SecretBytes unwrap(Kind kind, Bytes32 id, Bytes terms, Bytes wrapped) {
    if (wrapped.size() < NONCE_BYTES) {
      throw corrupt(kind, id);
    }
    byte[] nonce = wrapped.slice(0, NONCE_BYTES).copy();
    byte[] sealed = wrapped.slice(NONCE_BYTES, wrapped.size()).copy();
    try {
      byte[] plain = cipher(Cipher.DECRYPT_MODE, kind, id, terms, nonce).doFinal(sealed);
      try {
        return SecretBytes.copyOf(plain);
      } finally {
        Arrays.fill(plain, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw corrupt(kind, id);
    }
  }

  private Cipher cipher(int mode, Kind kind, Bytes32 id, Bytes terms, byte[] nonce)
      throws GeneralSecurityException {
    try (SecretBytes wrapping = keys.wrappingKey(kind.name())) {
      byte[] key = wrapping.expose();
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(kind.name().getBytes(StandardCharsets.US_ASCII));
        cipher.updateAAD(id.copy());
        cipher.updateAAD(terms.copy());
        return cipher;
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    }
  }

  private static TeexException corrupt(Kind kind, Bytes32 id) {
    return new TeexException(
        ErrorCode.STORE_CORRUPT,
        "the kept %s key of %s was not wrapped here, or what is kept beside it was changed"
            .formatted(kind, id));
  }
}
