package io.teex.protocol;

import java.util.Arrays;

/**
 * A typed value with somebody's signature over it. That the signature is well-formed says nothing
 * about who signed: see {@link #signer} and {@link #requireSigner}.
 */
public record Signed<T extends Record>(T value, Signature signature) {

  /**
   * The account that signed the value in this deployment.
   *
   * @throws TeexException {@code SIGNATURE_INVALID}
   */
  public Address signer(Domain domain) {
    return signature.recover(TypedData.hash(domain, value));
  }

  /**
   * @throws TeexException {@code SIGNATURE_INVALID} if somebody else signed
   */
  public void requireSigner(Domain domain, Address expected) {
    Address signer = signer(domain);
    if (!signer.equals(expected)) {
      throw new TeexException(
          ErrorCode.SIGNATURE_INVALID,
          "%s is signed by %s, expected %s: sign it with that account's key, for this chain and these contracts"
              .formatted(value.getClass().getSimpleName(), signer, expected));
    }
  }

  /** {@code abi.encode(value)} followed by the 65 bytes of the signature. */
  public byte[] encode() {
    byte[] encoded = TypedData.encode(value);
    byte[] all = Arrays.copyOf(encoded, encoded.length + Signature.SIZE);
    signature.bytes().copyTo(all, encoded.length);
    return all;
  }

  /**
   * Reads what {@link #encode()} wrote; the signer is not checked.
   *
   * @throws TeexException {@code MALFORMED} or {@code SIGNATURE_INVALID}
   */
  public static <T extends Record> Signed<T> decode(Class<T> type, byte[] encoded) {
    int end = encoded.length - Signature.SIZE;
    if (end < 0) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%d bytes hold no signature".formatted(encoded.length));
    }
    T value = TypedData.decode(type, Arrays.copyOf(encoded, end));
    return new Signed<>(
        value, new Signature(Bytes.of(Arrays.copyOfRange(encoded, end, encoded.length))));
  }
}
