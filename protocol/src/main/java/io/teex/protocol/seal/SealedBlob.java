package io.teex.protocol.seal;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Content that lies in the open: {@code "TEEX" ‖ kind ‖ 1 ‖ nonce (12 bytes) ‖ AES-256-GCM}, where
 * the bytes before the ciphertext and the caller's context are authenticated too. A blob opens only
 * with its key, as the kind and in the context that it was sealed for; its size shows.
 */
public final class SealedBlob {
  public static final int KEY_BYTES = 32;

  /** What sealing adds to a plaintext. */
  public static final int OVERHEAD_BYTES = 34;

  private static final byte[] MAGIC = "TEEX".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int HEAD_BYTES = MAGIC.length + 2 + NONCE_BYTES;

  /** What a blob holds, so that no key can be misused to open another kind as this one. */
  public enum Kind {
    IMAGE(1),
    DATASET(2),
    INPUT(3),
    OUTPUT(4);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }
  }

  private SealedBlob() {}

  /** A fresh key; one key seals one blob. */
  public static SecretBytes newKey(RandomGenerator random) {
    return SecretBytes.random(random, KEY_BYTES);
  }

  /**
   * @param context what else must be known to open it, possibly empty; not stored
   * @param random cryptographically strong outside of tests
   */
  public static byte[] seal(
      Kind kind, SecretBytes key, byte[] context, byte[] plaintext, RandomGenerator random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] head =
        ByteBuffer.allocate(HEAD_BYTES).put(MAGIC).put(kind.code).put(VERSION).put(nonce).array();
    byte[] all = Arrays.copyOf(head, Math.addExact(plaintext.length, OVERHEAD_BYTES));
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, head, context);
      cipher.doFinal(plaintext, 0, plaintext.length, all, HEAD_BYTES);
      return all;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  /**
   * The plaintext, which the caller clears.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if the blob was changed, or sealed with another
   *     key, kind or context
   */
  public static byte[] open(Kind kind, SecretBytes key, byte[] context, byte[] sealed) {
    if (sealed.length < OVERHEAD_BYTES
        || !Arrays.equals(sealed, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || sealed[MAGIC.length] != kind.code
        || sealed[MAGIC.length + 1] != VERSION) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED, "%d bytes are no sealed %s".formatted(sealed.length, kind));
    }
    byte[] head = Arrays.copyOf(sealed, HEAD_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, head, context)
          .doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
    } catch (GeneralSecurityException e) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "the sealed %s was changed, or sealed with another key".formatted(kind),
          e);
    }
  }

  private static Cipher cipher(int mode, SecretBytes key, byte[] head, byte[] context)
      throws GeneralSecurityException {
    byte[] exposed = key.expose();
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(exposed, "AES"),
          new GCMParameterSpec(128, head, HEAD_BYTES - NONCE_BYTES, NONCE_BYTES));
      cipher.updateAAD(head);
      cipher.updateAAD(context);
      return cipher;
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }
}
