package io.teex.protocol;

/**
 * Where typed data counts: the chain and its Settlement contract, under the name {@code TEEX},
 * version {@code 1}. Something signed for one deployment means nothing in another.
 */
public record Domain(long chainId, Address settlement) {
  public Domain {
    Require.uint64("chain id", chainId);
  }

  /** The same as EIP-712 has it. */
  public SigningDomain named() {
    return new SigningDomain("TEEX", "1", chainId, settlement);
  }

  /** The EIP-712 domain separator. */
  public Bytes32 separator() {
    return named().separator();
  }
}
