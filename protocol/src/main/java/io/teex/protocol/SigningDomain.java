package io.teex.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * An EIP-712 domain of the usual four fields. TEEX's own is {@link Domain}; a token's is what its
 * permits are signed for.
 *
 * @param contract that verifies what is signed
 */
public record SigningDomain(String name, String version, long chainId, Address contract) {
  private static final byte[] TYPE_HASH =
      keccak("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

  public SigningDomain {
    Require.uint64("chain id", chainId);
  }

  /** The EIP-712 domain separator. */
  public Bytes32 separator() {
    return Keccak.hash(
        TYPE_HASH,
        keccak(name),
        keccak(version),
        Words.uint(BigInteger.valueOf(chainId)),
        Words.leftPadded(contract.value().copy()));
  }

  private static byte[] keccak(String text) {
    return Keccak.raw(text.getBytes(StandardCharsets.UTF_8));
  }
}
