package io.teex.chain;

import java.math.BigInteger;
import java.time.Duration;

/**
 * How an account sends.
 *
 * @param counts from when on a transaction's block counts, for whoever waits for it
 * @param feeMax the most that is paid per gas, in wei
 * @param blobFeeMax the most that is paid per blob gas, in wei
 * @param bumpAfter how long a transaction may wait in no block before it offers more
 * @param patience how long a call waits for its transaction
 */
public record Sending(
    Finality counts,
    BigInteger feeMax,
    BigInteger blobFeeMax,
    Duration bumpAfter,
    Duration patience) {
  private static final Duration BUMP_AFTER = Duration.ofSeconds(40);
  private static final long BLOB_GWEI = 100;

  /**
   * For people and tests: every block counts, at most 500 gwei per gas and 100 per blob gas, two
   * minutes.
   */
  public static final Sending STANDARD = of(Finality.NONE, 500, Duration.ofMinutes(2));

  /** At most 100 gwei per blob gas. */
  public Sending(Finality counts, BigInteger feeMax, Duration bumpAfter, Duration patience) {
    this(counts, feeMax, wei(BLOB_GWEI), bumpAfter, patience);
  }

  /**
   * @param gwei the most that is paid per gas
   */
  public static Sending of(Finality counts, long gwei, Duration patience) {
    return new Sending(counts, wei(gwei), BUMP_AFTER, patience);
  }

  /**
   * @param gwei the most that is paid per blob gas
   */
  public Sending withBlobFeeMax(long gwei) {
    return new Sending(counts, feeMax, wei(gwei), bumpAfter, patience);
  }

  private static BigInteger wei(long gwei) {
    return BigInteger.valueOf(gwei).multiply(Fees.GWEI);
  }
}
