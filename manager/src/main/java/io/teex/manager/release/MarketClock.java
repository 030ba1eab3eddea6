package io.teex.manager.release;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time as far as a TEE can know it from a host that owns the clocks. The earlier end is the
 * newest block's time and never goes back. The later end is the host's clock, but never behind the
 * chain, nor behind what it said before and what has passed since on the monotonic clock: setting
 * the host's clock back revives nothing.
 */
public final class MarketClock {
  private final InstantSource host;
  private final LongSupplier monotonicNanos;
  private Instant earliest = Instant.EPOCH;
  private Instant latest = Instant.EPOCH;
  private long latestAtNanos;

  /**
   * @param monotonicNanos as {@link System#nanoTime()}
   */
  public MarketClock(InstantSource host, LongSupplier monotonicNanos) {
    this.host = host;
    this.monotonicNanos = monotonicNanos;
    this.latestAtNanos = monotonicNanos.getAsLong();
  }

  /** Takes note of a block: the time is not before it. */
  public synchronized void observe(ChainClient.Block block) {
    earliest = later(earliest, Instant.ofEpochSecond(block.time()));
  }

  /** The time now. */
  public synchronized TimeInterval now() {
    long nanos = monotonicNanos.getAsLong();
    Instant grown = latest.plus(Duration.ofNanos(Math.max(0, nanos - latestAtNanos)));
    latest = later(later(grown, host.instant()), earliest);
    latestAtNanos = nanos;
    return new TimeInterval(earliest, latest);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
