package io.teex.manager.release;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainClient;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time as far as a TEE can know it from a host that owns the clocks. The earlier end is the
 * newest block's time and never goes back, not even over a restart. The later end is the host's
 * clock, but never behind the chain, nor behind what it said before and what has passed since on
 * the monotonic clock: setting the host's clock back revives nothing that was over by the newest
 * block ever seen.
 */
public final class MarketClock {
  /** Where the time of the newest block survives the process. */
  public interface Kept {
    /** What was kept last; the epoch if nothing was. */
    Instant read();

    /** Durable when it returns. */
    void write(Instant time);
  }

  private final InstantSource host;
  private final LongSupplier monotonicNanos;
  private final Kept kept;
  private final Duration blockAgeMax;
  private Instant earliest;
  private Instant latest;
  private long latestAtNanos;

  /**
   * @param monotonicNanos as {@link System#nanoTime()}
   * @param blockAgeMax how far the newest block may be from the time that it is read
   */
  public MarketClock(
      InstantSource host, LongSupplier monotonicNanos, Kept kept, Duration blockAgeMax) {
    this.host = host;
    this.monotonicNanos = monotonicNanos;
    this.kept = kept;
    this.blockAgeMax = blockAgeMax;
    this.earliest = kept.read();
    this.latest = earliest;
    this.latestAtNanos = monotonicNanos.getAsLong();
  }

  /**
   * Takes note of the newest block: the time is not before it.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the block is so old or so far ahead that
   *     what it says is not what the chain says now
   */
  public synchronized void observe(ChainClient.Block block) {
    Instant time = Instant.ofEpochSecond(block.time());
    // One wrong answer of an RPC node must not put the time forward for good.
    require(block, time, !time.isAfter(host.instant().plus(blockAgeMax)), host.instant());
    if (time.isAfter(earliest)) {
      kept.write(time);
      earliest = time;
    }
    Instant now = now().latest();
    require(block, time, !time.plus(blockAgeMax).isBefore(now), now);
  }

  private void require(ChainClient.Block block, Instant time, boolean holds, Instant now) {
    if (!holds) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the newest block, %d, is of %s and the time is %s: no more than %s (chain.age-max) may be between them; is the chain's node in step, and this machine's clock?"
              .formatted(block.number(), time, now, blockAgeMax));
    }
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
