package io.teex.chain;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a transaction offers per gas, in wei.
 *
 * @param tip at most for the block's producer
 * @param max at most in all
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1559">EIP-1559</a>
 */
record Fees(BigInteger tip, BigInteger max) {
  static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

  /** Nodes take a replacement that offers at least an eighth more, of both. */
  private static final BigInteger BUMP_DIVISOR = BigInteger.valueOf(8);

  private static final BigInteger TIP_MIN = BigInteger.valueOf(100_000_000);

  /**
   * What lets a transaction into one of the next blocks.
   *
   * @param baseFee of the next block; after six full blocks it has doubled
   * @param usualTip what others paid lately
   * @param cap the most that may be offered
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if that is not enough now
   */
  static Fees estimate(BigInteger baseFee, BigInteger usualTip, BigInteger cap) {
    BigInteger tip = usualTip.max(TIP_MIN);
    if (baseFee.add(tip).compareTo(cap) > 0) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "gas costs %s gwei and a tip of %s now, at most %s may be paid: wait, or raise the limit"
              .formatted(gwei(baseFee), gwei(tip), gwei(cap)));
    }
    return new Fees(tip, baseFee.shiftLeft(1).add(tip).min(cap));
  }

  /** What replaces a transaction that offered this; empty if it would exceed the cap. */
  Optional<Fees> bumped(Fees estimate, BigInteger cap) {
    BigInteger newMax = more(max).max(estimate.max);
    return newMax.compareTo(cap) > 0
        ? Optional.empty()
        : Optional.of(new Fees(more(tip).max(estimate.tip), newMax));
  }

  private static BigInteger more(BigInteger fee) {
    return fee.add(fee.divide(BUMP_DIVISOR)).add(BigInteger.ONE);
  }

  private static String gwei(BigInteger wei) {
    return new BigDecimal(wei).movePointLeft(9).stripTrailingZeros().toPlainString();
  }
}
