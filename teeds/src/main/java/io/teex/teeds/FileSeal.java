package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Seals the parts of one file with AES-256-GCM under a key that is the file's alone: HKDF-SHA256 of
 * the shard key over purpose, shard, key epoch, start epoch and the file's instance, 32 random
 * bytes that no other file ever had, even if the host puts back an old disk. The nonce is the kind
 * of the part and its number, so a writer that seals no part twice never repeats a nonce.
 *
 * <p>Not safe for use by several threads.
 */
final class FileSeal {
  static final int TAG_BYTES = 16;
  static final int INSTANCE_BYTES = 32;

  private static final int NONCE_BYTES = 12;
  private static final String ALGORITHM = "AES/GCM/NoPadding";

  /** What a part is; parts of different kinds never share a nonce. */
  enum Part {
    HEADER(1),
    RECORD(2),
    BLOCK(3),
    MANIFEST(4);

    private final int code;

    Part(int code) {
      this.code = code;
    }
  }

  private final SecretKey key;
  private final Cipher cipher;

  private FileSeal(SecretKey key, Cipher cipher) {
    this.key = key;
    this.cipher = cipher;
  }

  /**
   * @param purpose of the file, so that a log is never opened as a snapshot
   * @param epoch of the start that wrote it
   */
  static FileSeal of(ShardKey shardKey, String purpose, long epoch, byte[] instance) {
    byte[] shard = shardKey.shard().getBytes(StandardCharsets.US_ASCII);
    byte[] info =
        new ByteWriter(128)
            .raw("TEEX-DS-1 ".getBytes(StandardCharsets.US_ASCII))
            .sized(purpose.getBytes(StandardCharsets.US_ASCII))
            .sized(shard)
            .u32(shardKey.epoch())
            .u64(epoch)
            .raw(instance)
            .toArray();
    byte[] secret = shardKey.key().expose();
    try {
      SecretKey key =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey("AES", HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(info, 32));
      return new FileSeal(key, Cipher.getInstance(ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK 25 has HKDF and AES-GCM", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * Seals {@code plain} into {@code target} from {@code offset} on, tag last.
   *
   * @return the number of bytes written: {@link #TAG_BYTES} more than those of {@code plain}
   */
  int seal(Part part, long number, byte[] aad, byte[] plain, byte[] target, int offset) {
    try {
      init(Cipher.ENCRYPT_MODE, part, number);
      cipher.updateAAD(aad);
      return cipher.doFinal(plain, 0, plain.length, target, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal", e);
    }
  }

  /**
   * @param what names the part in the message
   * @throws TeexException {@code STORE_CORRUPT} if it is not what was sealed under this number
   */
  byte[] open(Part part, long number, byte[] aad, byte[] sealed, String what) {
    try {
      init(Cipher.DECRYPT_MODE, part, number);
      cipher.updateAAD(aad);
      return cipher.doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          what + " was changed, or belongs to another place, shard or key",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot open", e);
    }
  }

  private void init(int mode, Part part, long number) throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(part.code).putLong(number).array();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
  }
}
