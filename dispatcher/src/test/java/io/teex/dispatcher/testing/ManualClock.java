package io.teex.dispatcher.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told otherwise. */
public final class ManualClock implements InstantSource {
  private Instant now = Instant.ofEpochSecond(1_800_000_000);

  @Override
  public synchronized Instant instant() {
    return now;
  }

  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  /** Seconds since the epoch. */
  public long seconds() {
    return instant().getEpochSecond();
  }
}
