package io.teex.dispatcher;

import java.time.InstantSource;

/**
 * The time by which orders expire. The host owns the clock, so the chain's newest block has a say:
 * whichever of the two is later.
 */
final class Time {
  private Time() {}

  /** Seconds since the epoch. */
  static long now(InstantSource clock, MarketView view) {
    return Math.max(clock.instant().getEpochSecond(), view.block().time());
  }
}
