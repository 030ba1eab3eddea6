package io.teex.protocol.seal;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import io.teex.protocol.seal.SealedBlob.Kind;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Secret content with the salt of its public commitment, sealed together as {@code salt (32 bytes)
 * ‖ content}: whoever may open the blob can check the commitment, nobody else can guess at it.
 */
public final class SaltedContent implements AutoCloseable {
  private final Bytes32 salt;
  private final byte[] content;

  private SaltedContent(Bytes32 salt, byte[] content) {
    this.salt = salt;
    this.content = content;
  }

  /** Takes ownership of {@code content}: {@link #close()} overwrites it. */
  public static SaltedContent of(Bytes32 salt, byte[] content) {
    return new SaltedContent(salt, content);
  }

  /**
   * @throws TeexException {@code BLOB_TAMPERED} as {@link SealedBlob#open}
   */
  public static SaltedContent open(Kind kind, SecretBytes key, byte[] context, byte[] sealed) {
    byte[] plaintext = SealedBlob.open(kind, key, context, sealed);
    try {
      if (plaintext.length < Bytes32.SIZE) {
        throw new TeexException(
            ErrorCode.BLOB_TAMPERED, "the sealed %s has no salt".formatted(kind));
      }
      return new SaltedContent(
          Bytes32.of(Arrays.copyOf(plaintext, Bytes32.SIZE)),
          Arrays.copyOfRange(plaintext, Bytes32.SIZE, plaintext.length));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  public byte[] seal(Kind kind, SecretBytes key, byte[] context, RandomGenerator random) {
    byte[] plaintext = Arrays.copyOf(salt.copy(), Math.addExact(Bytes32.SIZE, content.length));
    System.arraycopy(content, 0, plaintext, Bytes32.SIZE, content.length);
    try {
      return SealedBlob.seal(kind, key, context, plaintext, random);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  public Bytes32 salt() {
    return salt;
  }

  /** The content itself, not a copy: valid until {@link #close()}. */
  public byte[] content() {
    return content;
  }

  @Override
  public void close() {
    Arrays.fill(content, (byte) 0);
  }

  @Override
  public String toString() {
    return "SaltedContent[%d bytes, redacted]".formatted(content.length);
  }
}
