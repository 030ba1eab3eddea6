package io.teex.sdk;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * One lane of a user at one dispatcher: hands sequences out in order and submits in that order, so
 * several tasks of the lane may be under way at once. Several clients may share a lane; one that
 * finds its sequence taken asks for the next.
 */
final class Lane {
  private static final int TRIES_MAX = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Address user;
  private final int number;
  private final Dispatching dispatcher;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Persistence persistence;
  private OptionalLong next = OptionalLong.empty();

  Lane(Address user, int number, Dispatching dispatcher, InstantSource clock) {
    this.user = user;
    this.number = number;
    this.dispatcher = dispatcher;
    this.persistence = new Persistence(clock, PATIENCE);
  }

  int number() {
    return number;
  }

  /** An order that the dispatcher has taken, and where it is. */
  record Submitted(Signed<Order> order, Dispatching.Placement placement) {}

  /**
   * Submits one order.
   *
   * @param sign makes the order of a sequence; asked again if that sequence was taken
   * @throws TeexException with the dispatcher's refusal
   */
  Submitted submit(LongFunction<Signed<Order>> sign, Optional<Signed<Session>> session) {
    lock.lock();
    try {
      for (int taken = 0; ; taken++) {
        long sequence = next.isPresent() ? next.getAsLong() : dispatcher.nextSequence(user, number);
        next = OptionalLong.empty();
        Signed<Order> order = sign.apply(sequence);
        try {
          Dispatching.Placement placement = submitSurely(order, session);
          next = OptionalLong.of(sequence + 1);
          return new Submitted(order, placement);
        } catch (TeexException e) {
          boolean outOfStep =
              e.code() == ErrorCode.SEQUENCE_REUSED || e.code() == ErrorCode.SEQUENCE_GAP;
          if (!outOfStep || taken == TRIES_MAX) {
            throw e;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a call that failed had an effect is unknown; the same order again has it once. */
  private Dispatching.Placement submitSurely(
      Signed<Order> order, Optional<Signed<Session>> session) {
    return persistence.insist(() -> dispatcher.submit(order, session));
  }
}
