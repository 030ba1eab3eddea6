package io.teex.chain;

import java.math.BigInteger;
import java.time.Duration;

/**
 * How an account sends.
 *
 * @param counts from when on a transaction's block counts, for whoever waits for it
 * @param feeMax the most that is paid per gas, in wei
 * @param bumpAfter how long a transaction may wait in no block before it offers more
 * @param patience how long a call waits for its transaction
 */
public record Sending(Finality counts, BigInteger feeMax, Duration bumpAfter, Duration patience) {
  private static final Duration BUMP_AFTER = Duration.ofSeconds(40);

  /** For people and tests: every block counts, at most 500 gwei per gas, two minutes. */
  public static final Sending STANDARD =
      new Sending(
          Finality.NONE,
          BigInteger.valueOf(500).multiply(Fees.GWEI),
          BUMP_AFTER,
          Duration.ofMinutes(2));

  /**
   * @param gwei the most that is paid per gas
   */
  public static Sending of(Finality counts, long gwei, Duration patience) {
    return new Sending(counts, BigInteger.valueOf(gwei).multiply(Fees.GWEI), BUMP_AFTER, patience);
  }
}
