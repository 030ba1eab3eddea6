package io.teex.protocol;

import java.util.Arrays;

/**
 * A secret content with the salt of its commitment, as it lies inside a sealed image, input or
 * output: whoever may open it can check the commitment, nobody else can guess at it.
 */
public record SaltedContent(Bytes32 salt, SecretBytes content) {

  public static SaltedContent of(Bytes32 salt, byte[] content) {
    return new SaltedContent(salt, SecretBytes.copyOf(content));
  }

  /** Salt ‖ content. */
  public SecretBytes encode() {
    byte[] exposed = content.expose();
    byte[] encoded = new byte[Bytes32.SIZE + exposed.length];
    salt.value().copyTo(encoded, 0);
    System.arraycopy(exposed, 0, encoded, Bytes32.SIZE, exposed.length);
    Arrays.fill(exposed, (byte) 0);
    return SecretBytes.owned(encoded);
  }

  /**
   * @throws TeexException {@code MALFORMED} if there is no room for a salt
   */
  public static SaltedContent decode(SecretBytes encoded) {
    if (encoded.size() < Bytes32.SIZE) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%d bytes hold no salt".formatted(encoded.size()));
    }
    byte[] exposed = encoded.expose();
    try {
      return new SaltedContent(
          Bytes32.of(Arrays.copyOf(exposed, Bytes32.SIZE)),
          SecretBytes.owned(Arrays.copyOfRange(exposed, Bytes32.SIZE, exposed.length)));
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  /** The image digest, if the content is a WebAssembly module. */
  public Bytes32 imageDigest() {
    return Commitment.image(salt, content.expose());
  }

  /** The input commitment, if the content is a task's input. */
  public Bytes32 inputCommitment() {
    return Commitment.input(salt, content.expose());
  }

  /** The output commitment, if the content is a task's output. */
  public Bytes32 outputCommitment() {
    return Commitment.output(salt, content.expose());
  }

  /** Says how much there is, not what: a salt is as secret as its content. */
  @Override
  public String toString() {
    return "SaltedContent[%d bytes, redacted]".formatted(content.size());
  }
}
