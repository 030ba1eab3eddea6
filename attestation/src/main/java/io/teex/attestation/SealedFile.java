package io.teex.attestation;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A small secret on an untrusted disk, sealed by the TEE to this measurement on this platform
 * (AES-256-GCM, the label bound in) and replaced atomically. It does not show freshness: the host
 * can put an older file of the same label back.
 *
 * <p>Format: {@code "TEEX-SEALED-1" ‖ 48 measurement ‖ 12 nonce ‖ ciphertext and tag}. Nonces are
 * random, so a file may be written at most 2³² times.
 */
public final class SealedFile {
  /** A file longer than this is not one of ours. */
  public static final int SIZE_MAX = 16 << 20;

  private static final byte[] MAGIC = "TEEX-SEALED-1".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEADER_BYTES = MAGIC.length + Measurement.SIZE + NONCE_BYTES;

  private final Path path;
  private final Tee tee;
  private final String label;
  private final SecureRandom random;

  /**
   * @param label names what is kept; a file of another label does not open
   */
  public SealedFile(Path path, Tee tee, String label, SecureRandom random) {
    this.path = path;
    this.tee = tee;
    this.label = label;
    this.random = random;
  }

  /**
   * What was written last, or nothing if there is no file.
   *
   * @throws TeexException {@code STORE_CORRUPT} if the file was changed, or sealed elsewhere
   */
  public Optional<SecretBytes> read() {
    byte[] file;
    try {
      if (Files.size(path) > SIZE_MAX) {
        throw corrupt("is larger than anything that was sealed");
      }
      file = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (file.length < HEADER_BYTES
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw corrupt("is no sealed file");
    }
    Measurement sealedBy =
        Measurement.of(Arrays.copyOfRange(file, MAGIC.length, MAGIC.length + Measurement.SIZE));
    if (!sealedBy.equals(tee.measurement())) {
      throw corrupt(
          "was sealed by measurement %s and this process is measured as %s: it needs the version of TEEX that wrote it"
              .formatted(sealedBy, tee.measurement()));
    }
    byte[] nonce = Arrays.copyOfRange(file, HEADER_BYTES - NONCE_BYTES, HEADER_BYTES);
    byte[] content = Arrays.copyOfRange(file, HEADER_BYTES, file.length);
    byte[] plain = crypt(Cipher.DECRYPT_MODE, nonce, content);
    try {
      return Optional.of(SecretBytes.copyOf(plain));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** Seals {@code secret} and replaces the file; durable when it returns. */
  public void write(SecretBytes secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = secret.expose();
    byte[] content = crypt(Cipher.ENCRYPT_MODE, nonce, plain);
    Arrays.fill(plain, (byte) 0);
    byte[] file =
        ByteBuffer.allocate(HEADER_BYTES + content.length)
            .put(MAGIC)
            .put(tee.measurement().value().copy())
            .put(nonce)
            .put(content)
            .array();
    try {
      PrivateFiles.replace(path, file);
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be written".formatted(path), e);
    }
  }

  private byte[] crypt(int mode, byte[] nonce, byte[] content) {
    try (SecretBytes secret = tee.sealingKey("file:" + label)) {
      byte[] key = secret.expose();
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      Arrays.fill(key, (byte) 0);
      cipher.updateAAD(MAGIC);
      cipher.updateAAD(label.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(content);
    } catch (AEADBadTagException e) {
      throw corrupt("was changed, or sealed by another platform");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  private TeexException corrupt(String what) {
    return new TeexException(
        ErrorCode.STORE_CORRUPT, "sealed file %s (%s) %s".formatted(path, label, what));
  }
}
