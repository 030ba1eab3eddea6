package io.teex.chain;

import java.time.Duration;

/** One node of a pool, and what is known of how it does. Safe for many threads. */
final class PoolMember {
  private static final Duration COOL_DOWN = Duration.ofSeconds(1);
  private static final Duration COOL_DOWN_MAX = Duration.ofMinutes(1);
  private static final System.Logger LOG = System.getLogger(PoolMember.class.getName());

  private final JsonRpc rpc;
  private String fault;
  private boolean judged;
  private Duration coolDown = COOL_DOWN;
  private long coldUntil = Long.MIN_VALUE;
  private long pausedUntil = Long.MIN_VALUE;

  /**
   * @param alone whether there is nobody to compare it with; otherwise it waits for a comparison
   */
  PoolMember(JsonRpc rpc, boolean alone) {
    this.rpc = rpc;
    this.judged = alone;
    this.fault = alone ? "" : "has not answered yet, so it could not be compared with others";
  }

  JsonRpc rpc() {
    return rpc;
  }

  String shown() {
    return rpc.shown();
  }

  /** Why the comparison with other nodes leaves it out; empty if it does not. */
  synchronized String fault() {
    return fault;
  }

  /** Takes note of a comparison; what changes is logged. */
  synchronized void judge(String found) {
    if (!found.isEmpty() && (fault.isEmpty() || !judged)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the chain's RPC at %s is left out: it %s".formatted(shown(), found));
    } else if (found.isEmpty() && !fault.isEmpty() && judged) {
      LOG.log(
          System.Logger.Level.INFO,
          "the chain's RPC at %s agrees with the others again".formatted(shown()));
    }
    fault = found;
    judged = true;
  }

  synchronized void worked() {
    coolDown = COOL_DOWN;
    coldUntil = Long.MIN_VALUE;
  }

  /** It did not answer: others are asked first for a while, longer each time. */
  synchronized void failed(long now) {
    coldUntil = now + coolDown.toNanos();
    Duration next = coolDown.multipliedBy(2);
    coolDown = next.compareTo(COOL_DOWN_MAX) > 0 ? COOL_DOWN_MAX : next;
  }

  synchronized boolean isCold(long now) {
    return coldUntil != Long.MIN_VALUE && coldUntil - now > 0;
  }

  /** It wants not to be asked for a while. */
  synchronized void pause(long now, Duration pause) {
    pausedUntil = now + pause.toNanos();
  }

  /** How long it still wants not to be asked, in nanoseconds; not positive if it may be. */
  synchronized long paused(long now) {
    return pausedUntil == Long.MIN_VALUE ? 0 : pausedUntil - now;
  }
}
