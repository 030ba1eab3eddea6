package io.teex.attestation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The later end of the time where a host owns the clocks: its clock, but never behind what this
 * said before and what has passed since on the monotonic clock. Setting the host's clock back or
 * stopping it makes nothing younger. Safe for use by several threads.
 */
public final class LatestTime {
  private final InstantSource host;
  private final LongSupplier monotonicNanos;
  private Instant latest;
  private long atNanos;

  /**
   * @param monotonicNanos as {@link System#nanoTime()}
   * @param start which it is not before
   */
  public LatestTime(InstantSource host, LongSupplier monotonicNanos, Instant start) {
    this.host = host;
    this.monotonicNanos = monotonicNanos;
    this.latest = start;
    this.atNanos = monotonicNanos.getAsLong();
  }

  /**
   * The time now.
   *
   * @param known a time that is over for sure
   */
  public synchronized Instant now(Instant known) {
    long nanos = monotonicNanos.getAsLong();
    Instant grown = latest.plus(Duration.ofNanos(Math.max(0, nanos - atNanos)));
    latest = later(later(grown, host.instant()), known);
    atNanos = nanos;
    return latest;
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
