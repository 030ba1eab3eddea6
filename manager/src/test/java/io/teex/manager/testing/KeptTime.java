package io.teex.manager.testing;

import io.teex.manager.release.MarketClock;
import java.time.Instant;

/** A time that outlives every clock of a test. */
public final class KeptTime implements MarketClock.Kept {
  private Instant time = Instant.EPOCH;

  @Override
  public Instant read() {
    return time;
  }

  @Override
  public void write(Instant value) {
    time = value;
  }
}
