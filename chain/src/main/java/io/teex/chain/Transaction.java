package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An EIP-1559 transaction without an access list, or, with blobs, an EIP-4844 one.
 *
 * @param to the contract, or null to create one
 * @param tip at most what the block's producer gets per gas, in wei
 * @param feeMax at most what is paid per gas in all, in wei
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1559">EIP-1559</a>
 * @see <a href="https://eips.ethereum.org/EIPS/eip-4844">EIP-4844</a>
 */
record Transaction(
    long chainId,
    long nonce,
    BigInteger tip,
    BigInteger feeMax,
    long gas,
    @Nullable Address to,
    BigInteger value,
    Bytes data,
    Blobs blobs) {
  private static final byte TYPE = 2;
  static final byte TYPE_WITH_BLOBS = 3;
  private static final int FIELDS = 9;
  private static final int BLOB_FIELDS = 2;
  private static final int SIGNATURE_FIELDS = 3;

  /**
   * What a transaction says of the blobs that it comes with.
   *
   * @param feeMax at most what is paid per blob gas, in wei
   */
  record Blobs(BigInteger feeMax, List<Bytes32> versionedHashes) {
    static final Blobs NONE = new Blobs(BigInteger.ZERO, List.of());

    Blobs {
      versionedHashes = List.copyOf(versionedHashes);
    }

    boolean isEmpty() {
      return versionedHashes.isEmpty();
    }
  }

  /** One without blobs. */
  Transaction(
      long chainId,
      long nonce,
      BigInteger tip,
      BigInteger feeMax,
      long gas,
      @Nullable Address to,
      BigInteger value,
      Bytes data) {
    this(chainId, nonce, tip, feeMax, gas, to, value, data, Blobs.NONE);
  }

  /** The signed transaction as it is sent, and the hash that it will be known by. */
  record Raw(Bytes bytes, Bytes32 hash) {}

  Raw sign(SigningKey key) {
    Signature signature = key.sign(digest());
    List<byte[]> signed = new ArrayList<>(fields());
    signed.add(Rlp.number(signature.parity()));
    signed.add(Rlp.number(signature.r()));
    signed.add(Rlp.number(signature.s()));
    byte[] raw = typed(signed);
    return new Raw(Bytes.of(raw), Keccak.hash(raw));
  }

  /** What is signed. */
  Bytes32 digest() {
    return Keccak.hash(typed(fields()));
  }

  /** The first byte of its encoding. */
  byte type() {
    return blobs.isEmpty() ? TYPE : TYPE_WITH_BLOBS;
  }

  /** The same call under the same nonce for other fees. */
  Transaction offering(Fees fees) {
    Blobs same = blobs.isEmpty() ? blobs : new Blobs(fees.blobMax(), blobs.versionedHashes());
    return new Transaction(chainId, nonce, fees.tip(), fees.max(), gas, to, value, data, same);
  }

  /** Everything but the signature, encoded. */
  List<byte[]> fields() {
    List<byte[]> fields = new ArrayList<>();
    fields.add(Rlp.number(chainId));
    fields.add(Rlp.number(nonce));
    fields.add(Rlp.number(tip));
    fields.add(Rlp.number(feeMax));
    fields.add(Rlp.number(gas));
    fields.add(Rlp.string(Optional.ofNullable(to).map(Address::value).orElse(Bytes.EMPTY)));
    fields.add(Rlp.number(value));
    fields.add(Rlp.string(data));
    fields.add(Rlp.list(List.of()));
    if (!blobs.isEmpty()) {
      fields.add(Rlp.number(blobs.feeMax()));
      fields.add(
          Rlp.list(
              blobs.versionedHashes().stream().map(hash -> Rlp.string(hash.value())).toList()));
    }
    return fields;
  }

  /**
   * Reads a signed transaction, with or without the blobs that it was sent with.
   *
   * @throws IllegalArgumentException if {@link #sign} did not make it
   */
  static Transaction decode(Bytes raw) {
    List<RlpItem> items = RlpItem.decode(raw.slice(1, raw.size())).list();
    boolean hasBlobs = raw.at(0) == TYPE_WITH_BLOBS;
    if (hasBlobs && items.getFirst() instanceof RlpItem.Items(List<RlpItem> body)) {
      items = body;
    }
    if (items.size() != FIELDS + (hasBlobs ? BLOB_FIELDS : 0) + SIGNATURE_FIELDS) {
      throw new IllegalArgumentException("a transaction of another form");
    }
    Bytes to = items.get(5).text();
    return new Transaction(
        items.get(0).number().longValueExact(),
        items.get(1).number().longValueExact(),
        items.get(2).number(),
        items.get(3).number(),
        items.get(4).number().longValueExact(),
        to.isEmpty() ? null : new Address(to),
        items.get(6).number(),
        items.get(7).text(),
        hasBlobs
            ? new Blobs(
                items.get(FIELDS).number(),
                items.get(FIELDS + 1).list().stream()
                    .map(hash -> new Bytes32(hash.text()))
                    .toList())
            : Blobs.NONE);
  }

  private byte[] typed(List<byte[]> fields) {
    return Bytes.concat(Bytes.of(type()), Bytes.of(Rlp.list(fields))).copy();
  }
}
