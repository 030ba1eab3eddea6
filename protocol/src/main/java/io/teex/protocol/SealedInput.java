package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * An input sealed to a service's public key: HPKE over a fresh content key, then {@link
 * SealedContent} under that key. The manager opens the key alone, for one release; the worker opens
 * the content.
 *
 * @param sealedKey {@value #SEALED_KEY_BYTES} bytes
 */
public record SealedInput(Bytes sealedKey, Bytes container) {
  public static final int SEALED_KEY_BYTES = SealedContent.KEY_BYTES + Hpke.OVERHEAD_BYTES;

  private static final byte[] INFO = "TEEX input key 1".getBytes(StandardCharsets.US_ASCII);

  public SealedInput {
    if (sealedKey.size() != SEALED_KEY_BYTES) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "sealed key of %d bytes, expected %d".formatted(sealedKey.size(), SEALED_KEY_BYTES));
    }
  }

  /**
   * @param input opens {@code binding}'s input commitment
   * @param random cryptographically strong outside of tests
   */
  public static SealedInput seal(
      Bytes32 servicePublicKey, InputBinding binding, SaltedContent input, RandomGenerator random) {
    SecretBytes key = SealedContent.newKey(random);
    return new SealedInput(
        Hpke.seal(servicePublicKey, INFO, TypedData.encode(binding), key, random),
        SealedContent.seal(key, input.encode(), random));
  }

  /**
   * Opens the content key; what the manager does.
   *
   * @throws TeexException {@code SEALED_INPUT_REFUSED} if it was sealed for anything else than
   *     {@code binding}, or to another service
   */
  public SecretBytes openKey(Hpke.KeyPair serviceKeys, InputBinding binding) {
    return openKey(serviceKeys, binding, sealedKey);
  }

  /**
   * Opens a content key that came without its container.
   *
   * @throws TeexException {@code SEALED_INPUT_REFUSED}
   */
  public static SecretBytes openKey(
      Hpke.KeyPair serviceKeys, InputBinding binding, Bytes sealedKey) {
    try {
      return Hpke.open(serviceKeys, INFO, TypedData.encode(binding), sealedKey);
    } catch (TeexException e) {
      throw new TeexException(
          ErrorCode.SEALED_INPUT_REFUSED,
          "the input was not sealed by %s for version %d of service %s and this commitment: seal it anew for this order"
              .formatted(binding.user(), binding.version(), binding.service()),
          e);
    }
  }

  /**
   * Opens the content; what the worker does. The caller compares its commitment with the order's.
   *
   * @throws TeexException {@code BLOB_TAMPERED}
   */
  public SaltedContent open(SecretBytes contentKey) {
    return SaltedContent.decode(SealedContent.open(contentKey, container));
  }

  /** Sealed key ‖ container. */
  public Bytes encode() {
    return Bytes.concat(sealedKey, container);
  }

  /**
   * @throws TeexException {@code MALFORMED} if it is too short
   */
  public static SealedInput decode(Bytes bytes) {
    int split = Math.min(SEALED_KEY_BYTES, bytes.size());
    return new SealedInput(bytes.slice(0, split), bytes.slice(split, bytes.size()));
  }
}
