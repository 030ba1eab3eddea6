package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a platform's last refresh failed of, and when to try again.
 *
 * @param failures in a row, from 1
 */
record Backoff(int failures, Instant until, List<Check.Failed> reasons) {
  private static final int DOUBLINGS_MAX = 20;

  boolean holds(Instant now) {
    return now.isBefore(until);
  }

  /** A half to the whole of the pause, so that many nodes do not come back at once. */
  static Backoff after(
      int failures,
      List<Check.Failed> reasons,
      Instant now,
      CollateralConfig config,
      RandomGenerator random) {
    int doublings = Math.min(failures - 1, DOUBLINGS_MAX);
    Duration doubled = config.retryMin().multipliedBy(1L << doublings);
    Duration pause = doubled.compareTo(config.retryMax()) < 0 ? doubled : config.retryMax();
    long millis = (long) (pause.toMillis() * (0.5 + random.nextDouble() / 2));
    return new Backoff(failures, now.plusMillis(millis), reasons);
  }
}
