package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.Order;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;

/**
 * An accepted order and what became of it.
 *
 * @param session encoded {@code Signed<Session>}; empty if the user signed herself
 * @param terms as read from the chain when it was accepted
 * @param acceptedAt seconds since the epoch
 */
record Task(
    TaskId id,
    Signed<Order> order,
    Bytes session,
    Origin origin,
    Terms terms,
    long acceptedAt,
    TaskState state) {

  Task with(TaskState next) {
    return new Task(id, order, session, origin, terms, acceptedAt, next);
  }

  Address payer() {
    return order.value().user();
  }

  /** What it keeps from being spent elsewhere: all it may cost, then what it did cost. */
  Amount held() {
    return switch (state) {
      case TaskState.Queued _, TaskState.Leased _ -> order.value().fee().max();
      case TaskState.Acknowledged done -> done.receipt().value().fee().total();
      case TaskState.Refused _ -> Amount.ZERO;
    };
  }

  boolean isRequested() {
    return origin instanceof Origin.Requested;
  }

  /** What a session's spending is counted under. */
  Bytes32 sessionId() {
    return sessionId(session);
  }

  static Bytes32 sessionId(Bytes session) {
    return session.isEmpty() ? Bytes32.ZERO : Keccak.hash(session.copy());
  }
}
