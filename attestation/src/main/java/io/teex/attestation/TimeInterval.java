package io.teex.attestation;

import java.time.Instant;

/**
 * The time as far as it is known: not before {@code earliest}, not after {@code latest}. Validity
 * is judged by the end that makes it harder to hold, so a clock that the host moved widens nothing.
 */
public record TimeInterval(Instant earliest, Instant latest) {
  public TimeInterval {
    if (latest.isBefore(earliest)) {
      throw new IllegalArgumentException("%s is before %s".formatted(latest, earliest));
    }
  }

  public static TimeInterval at(Instant time) {
    return new TimeInterval(time, time);
  }

  public boolean isSurelyNotBefore(Instant start) {
    return !earliest.isBefore(start);
  }

  public boolean isSurelyNotAfter(Instant end) {
    return !latest.isAfter(end);
  }

  /** For people. */
  @Override
  public String toString() {
    return earliest.equals(latest)
        ? earliest.toString()
        : "between %s and %s".formatted(earliest, latest);
  }
}
