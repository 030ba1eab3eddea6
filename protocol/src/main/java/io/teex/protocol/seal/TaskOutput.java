package io.teex.protocol.seal;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.seal.SealedBlob.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a task answers, sealed for its user: {@code salt (32) ‖ length (8, big-endian) ‖ output ‖
 * zeros}, padded so that salt, length and output together fill a multiple of the order's padding.
 * The blob's key goes to the user, over the channel or sealed to the order's output key.
 */
public final class TaskOutput {
  private static final byte[] INFO = "TEEX-output-key-1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD_BYTES = Bytes32.SIZE + Long.BYTES;

  private TaskOutput() {}

  /** The task and attempt that an output belongs to. */
  public record Binding(TaskId task, int attempt) {
    /** task id (32) ‖ attempt (4). */
    byte[] encode() {
      return ByteBuffer.allocate(Bytes32.SIZE + Integer.BYTES)
          .put(task.value().copy())
          .putInt(attempt)
          .array();
    }
  }

  /**
   * @param paddingBytes the blob's size tells the output's only up to a multiple of this; 0 and 1
   *     mean no padding
   */
  public static byte[] seal(
      SecretBytes key,
      Binding binding,
      Bytes32 salt,
      byte[] output,
      long paddingBytes,
      RandomGenerator random) {
    byte[] plaintext = new byte[paddedBytes(output.length, paddingBytes)];
    ByteBuffer.wrap(plaintext).put(salt.copy()).putLong(output.length).put(output);
    try {
      return SealedBlob.seal(Kind.OUTPUT, key, binding.encode(), plaintext, random);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /**
   * @return the output with the salt of its commitment, still to be compared with the receipt's
   * @throws TeexException {@code BLOB_TAMPERED}
   */
  public static SaltedContent open(SecretBytes key, Binding binding, byte[] sealed) {
    byte[] plaintext = SealedBlob.open(Kind.OUTPUT, key, binding.encode(), sealed);
    try {
      long length =
          plaintext.length < HEAD_BYTES ? -1 : ByteBuffer.wrap(plaintext).getLong(Bytes32.SIZE);
      if (length < 0 || length > plaintext.length - HEAD_BYTES) {
        throw new TeexException(
            ErrorCode.BLOB_TAMPERED,
            "the output says it has %d bytes, its blob %d".formatted(length, plaintext.length));
      }
      return SaltedContent.of(
          Bytes32.of(Arrays.copyOf(plaintext, Bytes32.SIZE)),
          Arrays.copyOfRange(plaintext, HEAD_BYTES, HEAD_BYTES + (int) length));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** The output blob's key, sealed to the user: what waits at the dispatcher until she asks. */
  public static byte[] sealKey(Bytes32 outputKey, Binding binding, SecretBytes key) {
    byte[] exposed = key.expose();
    try {
      return Hpke.seal(outputKey, INFO, binding.encode(), exposed);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  /**
   * @throws TeexException {@code BLOB_TAMPERED} if it was sealed to another key or for another task
   */
  public static SecretBytes openKey(SecretBytes outputPrivateKey, Binding binding, byte[] sealed) {
    return Hpke.open(outputPrivateKey, INFO, binding.encode(), sealed);
  }

  private static int paddedBytes(int outputBytes, long paddingBytes) {
    long size = Math.addExact(HEAD_BYTES, (long) outputBytes);
    if (paddingBytes > 1) {
      size = Math.multiplyExact(Math.ceilDiv(size, paddingBytes), paddingBytes);
    }
    return Math.toIntExact(size);
  }
}
