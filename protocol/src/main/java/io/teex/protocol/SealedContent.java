package io.teex.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The container in which images, inputs and outputs lie in blob stores: AES-256-GCM in chunks. Data
 * sets, of which a part can be opened alone, lie there as {@link SealedDataset}s.
 *
 * <pre>
 * header  = "TEEX" ‖ version 1 (1 byte) ‖ chunk size (4 bytes, big-endian) ‖ salt (32 bytes)
 * key     = HKDF-SHA256(content key, salt, "TEEX sealed content" ‖ header), 32 bytes
 * prefix  = HKDF-SHA256(content key, salt, "TEEX sealed nonce" ‖ header), 7 bytes
 * chunk i = AES-256-GCM(key, nonce = prefix ‖ i (4 bytes) ‖ last (0 or 1), aad = header, plaintext)
 * </pre>
 *
 * <p>All chunks but the last hold {@value #CHUNK_BYTES} bytes of plaintext; the last holds 1 to as
 * many, or none if there is no content at all. So every content has one length of container, and a
 * chunk that is changed, cut, repeated, moved or taken from another container does not open. The
 * fresh salt makes a content key safe to use again, though TEEX draws a fresh one each time.
 */
public final class SealedContent {
  public static final int KEY_BYTES = 32;
  public static final int CHUNK_BYTES = 64 * 1024;

  private static final byte[] MAGIC = "TEEX".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int SALT_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + 1 + 4 + SALT_BYTES;
  private static final int TAG_BYTES = 16;
  private static final int PREFIX_BYTES = 7;

  private SealedContent() {}

  /** A fresh content key. */
  public static SecretBytes newKey(RandomGenerator random) {
    return SecretBytes.random(random, KEY_BYTES);
  }

  /** How long the container of this much content is. */
  public static long sealedBytes(long contentBytes) {
    return HEADER_BYTES + contentBytes + chunks(contentBytes) * TAG_BYTES;
  }

  /**
   * @param key {@value #KEY_BYTES} bytes
   * @param random cryptographically strong outside of tests
   */
  public static Bytes seal(SecretBytes key, SecretBytes plaintext, RandomGenerator random) {
    byte[] content = plaintext.expose();
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] sealed = new byte[Math.toIntExact(sealedBytes(content.length))];
    ByteBuffer.wrap(sealed).put(MAGIC).put(VERSION).putInt(CHUNK_BYTES).put(salt);
    byte[] header = Arrays.copyOf(sealed, HEADER_BYTES);
    Keys keys = Keys.derive(key, header);
    int chunks = Math.toIntExact(chunks(content.length));
    int out = HEADER_BYTES;
    for (int i = 0; i < chunks; i++) {
      int from = i * CHUNK_BYTES;
      int size = Math.min(CHUNK_BYTES, content.length - from);
      out += keys.crypt(Cipher.ENCRYPT_MODE, i, i == chunks - 1, content, from, size, sealed, out);
    }
    Arrays.fill(content, (byte) 0);
    return Bytes.owned(sealed);
  }

  /**
   * @param key {@value #KEY_BYTES} bytes
   * @throws TeexException {@code BLOB_TAMPERED} if {@code container} is not exactly what {@link
   *     #seal} made with this key
   */
  public static SecretBytes open(SecretBytes key, Bytes container) {
    byte[] sealed = container.copy();
    int body = sealed.length - HEADER_BYTES;
    if (body < TAG_BYTES
        || !Arrays.equals(sealed, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || sealed[MAGIC.length] != VERSION
        || ByteBuffer.wrap(sealed).getInt(MAGIC.length + 1) != CHUNK_BYTES) {
      throw tampered("no container of version 1");
    }
    int sealedChunk = CHUNK_BYTES + TAG_BYTES;
    int chunks = (body + sealedChunk - 1) / sealedChunk;
    int lastSize = body - (chunks - 1) * sealedChunk - TAG_BYTES;
    if (lastSize < 0 || (lastSize == 0 && chunks > 1)) {
      throw tampered("cut within a chunk");
    }
    Keys keys = Keys.derive(key, Arrays.copyOf(sealed, HEADER_BYTES));
    byte[] content = new byte[body - chunks * TAG_BYTES];
    int out = 0;
    for (int i = 0; i < chunks; i++) {
      int from = HEADER_BYTES + i * sealedChunk;
      int size = Math.min(sealedChunk, sealed.length - from);
      out += keys.crypt(Cipher.DECRYPT_MODE, i, i == chunks - 1, sealed, from, size, content, out);
    }
    return SecretBytes.owned(content);
  }

  private static long chunks(long contentBytes) {
    return Math.max(1, (contentBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  private static TeexException tampered(String what) {
    return new TeexException(
        ErrorCode.BLOB_TAMPERED,
        "sealed content: %s; fetch it again, or have its owner store it anew".formatted(what));
  }

  /** What one container's chunks are encrypted under. */
  private static final class Keys {
    private final SecretKey key;
    private final byte[] prefix;
    private final byte[] header;

    private Keys(SecretKey key, byte[] prefix, byte[] header) {
      this.key = key;
      this.prefix = prefix;
      this.header = header;
    }

    static Keys derive(SecretBytes contentKey, byte[] header) {
      if (contentKey.size() != KEY_BYTES) {
        throw new IllegalArgumentException("a content key has %d bytes".formatted(KEY_BYTES));
      }
      byte[] salt = Arrays.copyOfRange(header, HEADER_BYTES - SALT_BYTES, HEADER_BYTES);
      byte[] exposed = contentKey.expose();
      try {
        KDF hkdf = KDF.getInstance("HKDF-SHA256");
        return new Keys(
            hkdf.deriveKey("AES", parameters(exposed, salt, "TEEX sealed content", header, 32)),
            hkdf.deriveData(parameters(exposed, salt, "TEEX sealed nonce", header, PREFIX_BYTES)),
            header);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK 25 has HKDF-SHA256", e);
      } finally {
        Arrays.fill(exposed, (byte) 0);
      }
    }

    private static HKDFParameterSpec parameters(
        byte[] key, byte[] salt, String purpose, byte[] header, int size) {
      byte[] tag = purpose.getBytes(StandardCharsets.US_ASCII);
      byte[] info = Arrays.copyOf(tag, tag.length + header.length);
      System.arraycopy(header, 0, info, tag.length, header.length);
      return HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(key).thenExpand(info, size);
    }

    int crypt(
        int mode, int index, boolean last, byte[] in, int from, int size, byte[] out, int to) {
      byte[] nonce =
          ByteBuffer.allocate(PREFIX_BYTES + 5)
              .put(prefix)
              .putInt(index)
              .put((byte) (last ? 1 : 0))
              .array();
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(header);
        return cipher.doFinal(in, from, size, out, to);
      } catch (AEADBadTagException e) {
        throw tampered("chunk %d does not open: changed, or another key".formatted(index));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-256-GCM", e);
      }
    }
  }
}
