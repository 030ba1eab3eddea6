package io.teex.protocol;

/**
 * Whether an order carries its user's authority: her own signature, or that of a session key that
 * she signed leave for. A pure function of the documents, so that it says the same at acceptance,
 * at release and in a later challenge; that a session's orders stay within its cap together is for
 * the dispatcher to count.
 */
public final class OrderAuthority {
  private OrderAuthority() {}

  /**
   * Checks that the user herself signed.
   *
   * @throws TeexException {@code SIGNATURE_INVALID}
   */
  public static void require(Domain domain, Signed<Order> order) {
    order.requireSigner(domain, order.value().user());
  }

  /**
   * Checks that the session's key signed, that the user signed the session, and that the session
   * covers this order. The order's deadline must lie within the session, so an order never outlives
   * its authority and no clock is needed.
   *
   * @throws TeexException {@code SIGNATURE_INVALID}; {@code ORDER_MISMATCH} if the session is for
   *     another user, dispatcher, lane, service or a smaller fee; {@code ORDER_EXPIRED} if the
   *     deadline lies beyond the session
   */
  public static void require(Domain domain, Signed<Order> signed, Signed<Session> by) {
    Order order = signed.value();
    Session session = by.value();
    match("user", session.user(), order.user());
    by.requireSigner(domain, session.user());
    signed.requireSigner(domain, session.sessionKey());
    match("dispatcher", session.dispatcher(), order.dispatcher());
    match("lane", session.lane(), order.lane());
    if (!session.services().isEmpty() && !session.services().contains(order.service().id())) {
      throw mismatch("the session does not cover service " + order.service().id());
    }
    if (order.fee().max().compareTo(session.maxPerTask()) > 0) {
      throw mismatch(
          "the order may cost %s, the session allows %s a task"
              .formatted(order.fee().max(), session.maxPerTask()));
    }
    if (order.deadline() > session.expiry()) {
      throw new TeexException(
          ErrorCode.ORDER_EXPIRED,
          "the order's deadline %d lies after the session's expiry %d"
              .formatted(order.deadline(), session.expiry()));
    }
  }

  private static void match(String what, Object session, Object order) {
    if (!session.equals(order)) {
      throw mismatch("the session is for %s %s, the order for %s".formatted(what, session, order));
    }
  }

  private static TeexException mismatch(String what) {
    return new TeexException(ErrorCode.ORDER_MISMATCH, what);
  }
}
