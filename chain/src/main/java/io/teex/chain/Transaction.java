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
 * An EIP-1559 transaction without an access list.
 *
 * @param to the contract, or null to create one
 * @param tip at most what the block's producer gets per gas, in wei
 * @param feeMax at most what is paid per gas in all, in wei
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1559">EIP-1559</a>
 */
record Transaction(
    long chainId,
    long nonce,
    BigInteger tip,
    BigInteger feeMax,
    long gas,
    @Nullable Address to,
    BigInteger value,
    Bytes data) {
  static final byte TYPE = 2;

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

  /** Everything but the signature, encoded. */
  List<byte[]> fields() {
    return List.of(
        Rlp.number(chainId),
        Rlp.number(nonce),
        Rlp.number(tip),
        Rlp.number(feeMax),
        Rlp.number(gas),
        Rlp.string(Optional.ofNullable(to).map(Address::value).orElse(Bytes.EMPTY)),
        Rlp.number(value),
        Rlp.string(data),
        Rlp.list(List.of()));
  }

  private static byte[] typed(List<byte[]> fields) {
    return Bytes.concat(Bytes.of(TYPE), Bytes.of(Rlp.list(fields))).copy();
  }
}
