package io.teex.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How a task's output travels: the salt of its commitment and the output, padded to the order's
 * step, in {@link SealedContent} under a fresh key; that key sealed to the user. The ciphertext is
 * stored before the key is handed over, which is what makes the exchange fair.
 *
 * <pre>content = salt (32 bytes) ‖ size (8 bytes, big-endian) ‖ output ‖ zeros</pre>
 */
public final class SealedOutput {
  private static final byte[] INFO = "TEEX output key 1".getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX_BYTES = Bytes32.SIZE + 8;

  private SealedOutput() {}

  /**
   * @param output content and the salt of its {@link Commitment#output}
   * @param paddingBytes the output's size is rounded up to a multiple of this; 0 for no padding
   * @param random cryptographically strong outside of tests
   */
  public static Bytes seal(
      SecretBytes key, SaltedContent output, long paddingBytes, RandomGenerator random) {
    byte[] exposed = output.content().expose();
    int padded = Math.toIntExact(OutputLimits.paddedBytes(exposed.length, paddingBytes));
    byte[] content = new byte[PREFIX_BYTES + padded];
    ByteBuffer.wrap(content).put(output.salt().copy()).putLong(exposed.length).put(exposed);
    Arrays.fill(exposed, (byte) 0);
    try (SecretBytes plaintext = SecretBytes.owned(content)) {
      return SealedContent.seal(key, plaintext, random);
    }
  }

  /**
   * Opens and takes the padding off. The caller compares the commitment with the receipt's.
   *
   * @throws TeexException {@code BLOB_TAMPERED}, or {@code MALFORMED} if the worker did not keep
   *     the format
   */
  public static SaltedContent open(SecretBytes key, Bytes sealed) {
    byte[] content = SealedContent.open(key, sealed).expose();
    if (content.length < PREFIX_BYTES) {
      throw malformed("%d bytes hold no size".formatted(content.length));
    }
    long size = ByteBuffer.wrap(content).getLong(Bytes32.SIZE);
    if (size < 0 || size > content.length - PREFIX_BYTES) {
      throw malformed("size %d in %d bytes".formatted(size, content.length));
    }
    int end = PREFIX_BYTES + (int) size;
    if (!Words.isZero(content, end, content.length)) {
      throw malformed("padding that is not zero");
    }
    return new SaltedContent(
        Bytes32.of(Arrays.copyOf(content, Bytes32.SIZE)),
        SecretBytes.owned(Arrays.copyOfRange(content, PREFIX_BYTES, end)));
  }

  /**
   * Seals the output's key to the user, for this attempt of this task only.
   *
   * @param userKey the order's output key
   */
  public static Bytes sealKey(
      Bytes32 userKey, TaskId task, int attempt, SecretBytes key, RandomGenerator random) {
    return Hpke.seal(userKey, INFO, binding(task, attempt), key, random);
  }

  /**
   * @throws TeexException {@code BLOB_TAMPERED} if the key was sealed to somebody else or for
   *     another attempt
   */
  public static SecretBytes openKey(
      Hpke.KeyPair userKeys, TaskId task, int attempt, Bytes sealedKey) {
    return Hpke.open(userKeys, INFO, binding(task, attempt), sealedKey);
  }

  private static byte[] binding(TaskId task, int attempt) {
    return ByteBuffer.allocate(Bytes32.SIZE + 4).put(task.value().copy()).putInt(attempt).array();
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "output: " + what);
  }
}
