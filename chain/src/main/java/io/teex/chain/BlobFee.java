package io.teex.chain;

import java.math.BigInteger;

/**
 * The price of blob gas, from how much more of it was used than there should have been.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-4844">EIP-4844</a>
 */
final class BlobFee {
  /** Prague's. Forks since made it larger, so that the same excess costs less. */
  private static final BigInteger UPDATE_FRACTION = BigInteger.valueOf(5_007_716);

  /** At e^64 wei nobody can pay any more, so that a node that lies costs no time. */
  private static final BigInteger EXCESS_MAX = UPDATE_FRACTION.shiftLeft(6);

  private BlobFee() {}

  /**
   * What a block with this excess asks for at most. How much exactly is a matter of the chain's
   * schedule of forks, which a header does not tell.
   */
  static BigInteger atMost(BigInteger excess) {
    BigInteger excessBlobGas = excess.min(EXCESS_MAX);
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = UPDATE_FRACTION;
    for (long i = 1; term.signum() > 0; i++) {
      sum = sum.add(term);
      term = term.multiply(excessBlobGas).divide(UPDATE_FRACTION.multiply(BigInteger.valueOf(i)));
    }
    return sum.divide(UPDATE_FRACTION);
  }
}
