package io.teex.attestation.collateral;

import java.time.Instant;
import java.time.InstantSource;

/** Time as the test tells it. */
final class ManualClock implements InstantSource {
  private volatile Instant now;

  ManualClock(Instant now) {
    this.now = now;
  }

  void set(Instant time) {
    now = time;
  }

  @Override
  public Instant instant() {
    return now;
  }
}
