package io.teex.protocol.seal;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TeexException;
import io.teex.protocol.seal.SealedBlob.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An input that waits in the open for its task: {@code header (80 bytes) ‖ sealed blob}. The header
 * is the blob's key, sealed by {@link Hpke} to the public key of the service's image; only the
 * manager can open it, and hands out this one key for this one task. Both parts are bound to the
 * {@link Binding}, so nobody can submit another user's sealed input as her own.
 */
public final class SealedInput {
  public static final int HEADER_BYTES = Hpke.OVERHEAD_BYTES + SealedBlob.KEY_BYTES;

  private static final byte[] INFO = "TEEX-sealed-input-1".getBytes(StandardCharsets.US_ASCII);

  private SealedInput() {}

  /** What a sealed input is for; order and receipt carry the same values. */
  public record Binding(
      Domain domain, ServiceId service, int version, Address user, Bytes32 inputCommitment) {
    /**
     * chain id (8) ‖ settlement (20) ‖ service id (32) ‖ version (4) ‖ user (20) ‖ commitment (32).
     */
    public byte[] encode() {
      byte[] id = service.value().toByteArray();
      byte[] word = new byte[32];
      // A leading zero byte keeps the sign of large values and may make 33 bytes.
      int from = Math.max(0, id.length - word.length);
      System.arraycopy(id, from, word, word.length - (id.length - from), id.length - from);
      return ByteBuffer.allocate(116)
          .putLong(domain.chainId())
          .put(domain.settlement().value().copy())
          .put(word)
          .putInt(version)
          .put(user.value().copy())
          .put(inputCommitment.copy())
          .array();
    }
  }

  /** Seals the input with the salt that opens its commitment. */
  public static byte[] seal(
      Bytes32 servicePublicKey, Binding binding, SaltedContent input, RandomGenerator random) {
    byte[] context = binding.encode();
    try (SecretBytes key = SealedBlob.newKey(random)) {
      byte[] exposed = key.expose();
      byte[] header = Hpke.seal(servicePublicKey, INFO, context, exposed);
      Arrays.fill(exposed, (byte) 0);
      byte[] blob = input.seal(Kind.INPUT, key, context, random);
      byte[] all = Arrays.copyOf(header, header.length + blob.length);
      System.arraycopy(blob, 0, all, header.length, blob.length);
      return all;
    }
  }

  /**
   * The part that the manager needs.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if {@code sealed} is too short to have one
   */
  public static byte[] header(byte[] sealed) {
    if (sealed.length < HEADER_BYTES) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED, "%d bytes are no sealed input".formatted(sealed.length));
    }
    return Arrays.copyOf(sealed, HEADER_BYTES);
  }

  /**
   * For the manager: the key of one sealed input.
   *
   * @throws TeexException {@code SEALED_INPUT_REFUSED} if the header was made for another service,
   *     user or input
   */
  public static SecretBytes openHeader(SecretBytes privateKey, Binding binding, byte[] header) {
    try {
      SecretBytes key = Hpke.open(privateKey, INFO, binding.encode(), header);
      if (key.size() != SealedBlob.KEY_BYTES) {
        throw new TeexException(ErrorCode.MALFORMED, "a key of %d bytes".formatted(key.size()));
      }
      return key;
    } catch (TeexException e) {
      throw new TeexException(
          ErrorCode.SEALED_INPUT_REFUSED,
          "the sealed input was not made for service %s version %d, user %s and this order's input"
                  .formatted(binding.service(), binding.version(), binding.user())
              + "; seal it anew for this order",
          e);
    }
  }

  /**
   * For the worker: the input, whose salt is still to be checked against the order's commitment.
   *
   * @throws TeexException {@code BLOB_TAMPERED}
   */
  public static SaltedContent open(SecretBytes key, Binding binding, byte[] sealed) {
    header(sealed);
    return SaltedContent.open(
        Kind.INPUT, key, binding.encode(), Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length));
  }
}
