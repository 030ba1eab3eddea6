package io.teex.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Where typed data counts: the chain and its Settlement contract, under the name {@code TEEX},
 * version {@code 1}. Something signed for one deployment means nothing in another.
 */
public record Domain(long chainId, Address settlement) {
  private static final byte[] TYPE_HASH =
      keccak("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  private static final byte[] NAME_HASH = keccak("TEEX");
  private static final byte[] VERSION_HASH = keccak("1");

  public Domain {
    Require.uint64("chain id", chainId);
  }

  /** The EIP-712 domain separator. */
  public Bytes32 separator() {
    return Keccak.hash(
        TYPE_HASH,
        NAME_HASH,
        VERSION_HASH,
        Words.uint(BigInteger.valueOf(chainId)),
        Words.leftPadded(settlement.value().copy()));
  }

  private static byte[] keccak(String text) {
    return Keccak.raw(text.getBytes(StandardCharsets.UTF_8));
  }
}
