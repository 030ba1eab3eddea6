package io.teex.attestation;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time as an interval, from a host that owns the clocks. It begins as what the host says; after
 * that the monotonic clock moves both ends, and the host's clock can only widen the interval: set
 * forward it moves the later end, set back or stopped it holds the earlier end, which never goes
 * back. An interval that is too wide is no time. Safe for use by several threads.
 */
public final class IntervalClock {
  /** As far as the dates of a certificate of ours reach back. */
  public static final Duration WIDTH_MAX = Duration.ofMinutes(5);

  private final InstantSource host;
  private final LongSupplier monotonicNanos;
  private final Duration widthMax;
  private final Instant start;
  private final long startNanos;
  private final LatestTime latest;
  private Instant earliest;

  /**
   * @param monotonicNanos as {@link System#nanoTime()}
   * @param widthMax how far the ends may be apart
   */
  public IntervalClock(InstantSource host, LongSupplier monotonicNanos, Duration widthMax) {
    this.host = host;
    this.monotonicNanos = monotonicNanos;
    this.widthMax = widthMax;
    this.start = host.instant();
    this.startNanos = monotonicNanos.getAsLong();
    this.latest = new LatestTime(host, monotonicNanos, start);
    this.earliest = start;
  }

  /**
   * The time now.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if it is not known well enough to judge by
   */
  public synchronized TimeInterval now() {
    Duration passed = Duration.ofNanos(Math.max(0, monotonicNanos.getAsLong() - startNanos));
    earliest = LatestTime.later(earliest, earlier(start.plus(passed), host.instant()));
    TimeInterval now = new TimeInterval(earliest, latest.now(earliest));
    if (Duration.between(now.earliest(), now.latest()).compareTo(widthMax) > 0) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "the time is between %s and %s, more than %s apart: this machine's clock was set or it slept; put the clock right and restart the process"
              .formatted(now.earliest(), now.latest(), widthMax));
    }
    return now;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
