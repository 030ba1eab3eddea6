package io.teex.manager.release;

import io.teex.attestation.TimeInterval;
import java.time.Instant;

/**
 * Dates of signed documents, in seconds since the epoch, against the time as far as it is known.
 */
final class Dates {
  private Dates() {}

  /** Whether the last valid second may be over. */
  static boolean mayBeOver(TimeInterval now, long lastSecond) {
    return !now.isSurelyNotAfter(instant(lastSecond));
  }

  /** Whether the first second that is no longer valid may have begun. */
  static boolean mayHaveCome(TimeInterval now, long firstSecondAfter) {
    return !now.latest().isBefore(instant(firstSecondAfter));
  }

  /** Whether the first valid second has surely begun. */
  static boolean hasBegun(TimeInterval now, long firstSecond) {
    return now.isSurelyNotBefore(instant(firstSecond));
  }

  /** Dates beyond what an instant can say mean "never". */
  static Instant instant(long seconds) {
    return Instant.ofEpochSecond(Math.min(seconds, Instant.MAX.getEpochSecond()));
  }
}
