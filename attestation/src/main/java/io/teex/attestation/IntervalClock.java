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
 * forward it moves the later end, set back or stopped it holds the earlier end. Neither end ever
 * goes back. An interval that is too wide is no time. Safe for use by several threads.
 *
 * <p>Once both clocks have gone alike for {@link #AGREEMENT}, the earlier end comes up to the later
 * one, so that a step of the host's clock is got over without a restart. What has expired stays
 * expired: a host gains no more than that something counts as begun which a signer dated ahead.
 */
public final class IntervalClock {
  /** As far as the dates of a certificate of ours reach back. */
  public static final Duration WIDTH_MAX = Duration.ofMinutes(5);

  /** Less than {@link #WIDTH_MAX}, so that a small step is got over before anybody is refused. */
  static final Duration AGREEMENT = Duration.ofMinutes(2);

  /** By how much clocks that go alike may come apart in that time: more than a slew does. */
  private static final Duration DRIFT_MAX = Duration.ofSeconds(1);

  private final InstantSource host;
  private final LongSupplier monotonicNanos;
  private final Duration widthMax;
  private final LatestTime latest;
  private Instant start;
  private long startNanos;
  private Instant earliest;
  private Instant agreeing;
  private long agreeingNanos;

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
    this.agreeing = start;
    this.agreeingNanos = startNanos;
  }

  /**
   * The time now.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if it is not known well enough to judge by
   */
  public synchronized TimeInterval now() {
    Instant said = host.instant();
    long nanos = monotonicNanos.getAsLong();
    Instant passed = start.plusNanos(Math.max(0, nanos - startNanos));
    earliest = LatestTime.later(earliest, passed.isBefore(said) ? passed : said);
    Instant end = latest.now(earliest);
    if (clocksAgree(said, nanos)) {
      earliest = end;
      start = end;
      startNanos = nanos;
    }
    if (Duration.between(earliest, end).compareTo(widthMax) > 0) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "the time is between %s and %s, more than %s apart: this machine's clock was set or stands, or it slept; peers are judged again once the clock has gone right for %s"
              .formatted(earliest, end, widthMax, AGREEMENT));
    }
    return new TimeInterval(earliest, end);
  }

  /** Whether both clocks say that the same time has passed, and that it was long enough. */
  private boolean clocksAgree(Instant said, long nanos) {
    long passed = nanos - agreeingNanos;
    Duration apart = Duration.between(agreeing.plusNanos(passed), said).abs();
    if (passed < 0 || apart.compareTo(DRIFT_MAX) > 0) {
      agreeing = said;
      agreeingNanos = nanos;
      return false;
    }
    return passed >= AGREEMENT.toNanos();
  }
}
