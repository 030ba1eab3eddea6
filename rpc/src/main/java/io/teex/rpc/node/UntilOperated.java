package io.teex.rpc.node;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.NodeIdentity;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Waits until operators answer for a node and its manager: what nobody answers for yet is new, not
 * broken. Asks often at first, since most operators are at hand, and then more and more seldom.
 */
public final class UntilOperated {
  private static final System.Logger LOG = System.getLogger(UntilOperated.class.getName());
  private static final Duration PAUSE_FIRST = Duration.ofMillis(100);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
  private static final int OFTEN = 100;

  private final Consumer<Duration> pause;

  /**
   * @param pause lets time pass
   */
  UntilOperated(Consumer<Duration> pause) {
    this.pause = pause;
  }

  public static UntilOperated inRealTime() {
    return new UntilOperated(UntilOperated::sleep);
  }

  /**
   * Enrols.
   *
   * @param enrol asks the manager once
   * @throws TeexException what the manager refuses the node for otherwise; {@code UNAVAILABLE} if
   *     the process is told to stop meanwhile
   */
  public <T> T enrol(NodeIdentity identity, Supplier<T> enrol) {
    Duration next = PAUSE_FIRST;
    for (int asked = 1; ; asked++) {
      try {
        return enrol.get();
      } catch (TeexException e) {
        if (e.code() != ErrorCode.NODE_NOT_OPERATED) {
          throw e;
        }
        if (asked % OFTEN == 1) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} {1} waits for an operator: {2}",
              identity.role(),
              identity.address(),
              e.getMessage());
        }
      }
      pause.accept(next);
      if (asked >= OFTEN) {
        next = next.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? next.multipliedBy(2) : PAUSE_MAX;
      }
    }
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "this node is stopping", e);
    }
  }
}
