package io.teex.dispatcher;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How long a settled task can be asked for: its user may have lost the answer, its worker the
 * acknowledgement. All times are seconds since the epoch.
 *
 * @param keep no shorter than the life of an order, so that what is forgotten is expired as well
 */
record Retention(InstantSource clock, Duration keep) {
  long now() {
    return clock.instant().getEpochSecond();
  }

  /** When to forget what is settled now. */
  long end() {
    return now() + keep.toSeconds();
  }
}
