package io.teex.protocol;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether an order is its user's will: signed by herself, or by the key of a session of hers. */
public final class OrderAuthority {
  private OrderAuthority() {}

  /**
   * Proves the order's signature and, if it was made by a session key, that the session covers it.
   * How much the session's orders cost together is for the dispatcher to count against {@link
   * Session#cap()}.
   *
   * @param session the user's leave for the key that signed; null if she signed herself
   * @param now seconds since the epoch; of an interval, its later end
   * @return the order's id
   * @throws TeexException {@code SIGNATURE_INVALID}, {@code ORDER_EXPIRED} if the session ended, or
   *     {@code ORDER_MISMATCH} if the session does not cover the order
   */
  public static TaskId require(
      Domain domain, Signed<Order> order, @Nullable Signed<Session> session, long now) {
    Order value = order.value();
    TaskId id = value.id(domain);
    Address signer = order.signature().recover(id.value());
    if (session == null) {
      require(
          signer.equals(value.user()),
          ErrorCode.SIGNATURE_INVALID,
          () -> "the order of %s is signed by %s".formatted(value.user(), signer));
      return id;
    }
    Session leave = session.value();
    session.requireSigner(domain, value.user());
    require(
        signer.equals(leave.sessionKey()),
        ErrorCode.SIGNATURE_INVALID,
        () ->
            "the order is signed by %s, the session is for key %s"
                .formatted(signer, leave.sessionKey()));
    requireCovered(value, leave, now);
    return id;
  }

  private static void requireCovered(Order order, Session session, long now) {
    require(
        now <= session.expiry(),
        ErrorCode.ORDER_EXPIRED,
        () -> "the session ended at %s, it is %s: sign a new one".formatted(session.expiry(), now));
    require(
        session.user().equals(order.user())
            && session.dispatcher().equals(order.dispatcher())
            && session.lane() == order.lane(),
        ErrorCode.ORDER_MISMATCH,
        () ->
            "the session is for lane %s of %s at dispatcher %s, not for the order's"
                .formatted(session.lane(), session.user(), session.dispatcher()));
    require(
        session.services().isEmpty() || session.services().contains(order.service().id()),
        ErrorCode.ORDER_MISMATCH,
        () -> "the session does not name service %s".formatted(order.service().id()));
    require(
        order.fee().max().compareTo(session.maxPerTask()) <= 0,
        ErrorCode.ORDER_MISMATCH,
        () ->
            "the order may cost %s, the session allows %s a task"
                .formatted(order.fee().max(), session.maxPerTask()));
  }

  private static void require(boolean holds, ErrorCode code, Supplier<String> message) {
    if (!holds) {
      throw new TeexException(code, message.get());
    }
  }
}
