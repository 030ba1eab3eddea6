package io.teex.manager.release;

import io.teex.attestation.LatestTime;
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
  private final LatestTime latest;
  private final Kept kept;
  private final Duration blockAgeMax;
  private Instant earliest;

  /**
   * @param monotonicNanos as {@link System#nanoTime()}
   * @param blockAgeMax how far the newest block may be from the time that it is read
   */
  public MarketClock(
      InstantSource host, LongSupplier monotonicNanos, Kept kept, Duration blockAgeMax) {
    this.host = host;
    this.kept = kept;
    this.blockAgeMax = blockAgeMax;
    this.earliest = kept.read();
    this.latest = new LatestTime(host, monotonicNanos, earliest);
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
    return new TimeInterval(earliest, latest.now(earliest));
  }
}
