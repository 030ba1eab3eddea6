package io.teex.teeds;

import java.time.Duration;

/**
 * How long a client tries again.
 *
 * @param total after which a call fails for good
 * @param attempt after which one attempt is given up
 * @param pauseMin before the second attempt; pauses double up to {@code pauseMax}
 */
public record Patience(Duration total, Duration attempt, Duration pauseMin, Duration pauseMax) {
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(15),
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          Duration.ofMillis(500));

  public Patience {
    if (!attempt.isPositive() || !pauseMin.isPositive() || pauseMax.compareTo(pauseMin) < 0) {
      throw new IllegalArgumentException("attempts and pauses must be positive");
    }
  }
}
