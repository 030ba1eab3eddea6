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
 * @param blobMax at most per blob gas; zero for a transaction without blobs
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1559">EIP-1559</a>
 */
record Fees(BigInteger tip, BigInteger max, BigInteger blobMax) {
  static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

  /** Nodes take a replacement that offers at least an eighth more, of both. */
  private static final BigInteger BUMP_DIVISOR = BigInteger.valueOf(8);

  private static final BigInteger TIP_MIN = BigInteger.valueOf(100_000_000);

  /** Without blobs. */
  Fees(BigInteger tip, BigInteger max) {
    this(tip, max, BigInteger.ZERO);
  }

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

  /**
   * The same for a transaction with blobs, whose gas has a price of its own.
   *
   * @param blobBaseFee of the next block; after six full blocks it has doubled
   * @param blobCap the most that may be offered per blob gas
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if that is not enough now
   */
  Fees withBlobs(BigInteger blobBaseFee, BigInteger blobCap) {
    if (blobBaseFee.compareTo(blobCap) > 0) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "blob gas costs %s gwei now, at most %s may be paid: wait, raise the limit, or post elsewhere"
              .formatted(gwei(blobBaseFee), gwei(blobCap)));
    }
    return new Fees(tip, max, blobBaseFee.shiftLeft(1).max(BigInteger.ONE).min(blobCap));
  }

  /** What replaces a transaction that offered this; empty if it would exceed a cap. */
  Optional<Fees> bumped(Fees estimate, BigInteger cap, BigInteger blobCap) {
    Fees next =
        new Fees(
            more(tip).max(estimate.tip),
            more(max).max(estimate.max),
            hasBlobs() ? more(blobMax).max(estimate.blobMax) : blobMax);
    return next.max.compareTo(cap) > 0 || next.blobMax.compareTo(blobCap) > 0
        ? Optional.empty()
        : Optional.of(next);
  }

  boolean hasBlobs() {
    return blobMax.signum() > 0;
  }

  /** Pools of blobs have much to carry for a replacement, so they want twice of all three. */
  private BigInteger more(BigInteger fee) {
    return hasBlobs() ? fee.shiftLeft(1) : fee.add(fee.divide(BUMP_DIVISOR)).add(BigInteger.ONE);
  }

  private static String gwei(BigInteger wei) {
    return new BigDecimal(wei).movePointLeft(9).stripTrailingZeros().toPlainString();
  }
}
