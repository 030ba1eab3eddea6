package io.teex.protocol;

import static io.teex.protocol.Examples.DISPATCHER;
import static io.teex.protocol.Examples.DOMAIN;
import static io.teex.protocol.Examples.SESSION;
import static io.teex.protocol.Examples.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OrderAuthorityTest {
  private static final Order ORDER = Examples.order();
  private static final Session LEAVE = Examples.session();

  @Test
  void theUsersOwnSignatureIsEnough() {
    OrderAuthority.require(DOMAIN, USER.sign(DOMAIN, ORDER));
  }

  @Test
  void nobodyElsesSignatureIs() {
    refuses(
        ErrorCode.SIGNATURE_INVALID,
        () -> OrderAuthority.require(DOMAIN, SESSION.sign(DOMAIN, ORDER)));
    Domain elsewhere = new Domain(1, DOMAIN.settlement());
    refuses(
        ErrorCode.SIGNATURE_INVALID,
        () -> OrderAuthority.require(DOMAIN, USER.sign(elsewhere, ORDER)));
  }

  @Test
  void aSessionKeySignsInTheUsersName() {
    OrderAuthority.require(DOMAIN, SESSION.sign(DOMAIN, ORDER), USER.sign(DOMAIN, LEAVE));
  }

  @Test
  void aSessionThatTheUserDidNotSignIsNone() {
    refuses(ErrorCode.SIGNATURE_INVALID, SESSION.sign(DOMAIN, ORDER), SESSION.sign(DOMAIN, LEAVE));
    refuses(ErrorCode.SIGNATURE_INVALID, DISPATCHER.sign(DOMAIN, ORDER), USER.sign(DOMAIN, LEAVE));
    // Not even her own: the document says that the session's key signs.
    refuses(ErrorCode.SIGNATURE_INVALID, USER.sign(DOMAIN, ORDER), USER.sign(DOMAIN, LEAVE));
  }

  @Test
  void aSessionOfAnotherUserCoversNothing() {
    Session other =
        new Session(
            DISPATCHER.address(),
            LEAVE.sessionKey(),
            LEAVE.dispatcher(),
            LEAVE.lane(),
            LEAVE.cap(),
            LEAVE.maxPerTask(),
            LEAVE.services(),
            LEAVE.expiry(),
            LEAVE.salt());

    refuses(ErrorCode.ORDER_MISMATCH, SESSION.sign(DOMAIN, ORDER), DISPATCHER.sign(DOMAIN, other));
  }

  @Test
  void aSessionCoversItsDispatcherLaneServicesFeeAndTimeOnly() {
    mismatch(session(USER.address(), 3, 1_000_000, List.of(), 1_900_000_000L));
    mismatch(session(DISPATCHER.address(), 4, 1_000_000, List.of(), 1_900_000_000L));
    mismatch(session(DISPATCHER.address(), 3, 999_999, List.of(), 1_900_000_000L));
    mismatch(session(DISPATCHER.address(), 3, 1_000_000, List.of(ServiceId.of(2)), 1_900_000_000L));
    refuses(
        ErrorCode.ORDER_EXPIRED,
        SESSION.sign(DOMAIN, ORDER),
        USER.sign(DOMAIN, session(DISPATCHER.address(), 3, 1_000_000, List.of(), 1_899_999_999L)));
    OrderAuthority.require(
        DOMAIN,
        SESSION.sign(DOMAIN, ORDER),
        USER.sign(DOMAIN, session(DISPATCHER.address(), 3, 1_000_000, List.of(), 1_900_000_000L)));
  }

  private static Session session(
      Address dispatcher, int lane, long maxPerTask, List<ServiceId> services, long expiry) {
    return new Session(
        LEAVE.user(),
        LEAVE.sessionKey(),
        dispatcher,
        lane,
        LEAVE.cap(),
        Amount.of(maxPerTask),
        services,
        expiry,
        LEAVE.salt());
  }

  private static void mismatch(Session session) {
    refuses(ErrorCode.ORDER_MISMATCH, SESSION.sign(DOMAIN, ORDER), USER.sign(DOMAIN, session));
  }

  private static void refuses(ErrorCode code, Signed<Order> order, Signed<Session> session) {
    refuses(code, () -> OrderAuthority.require(DOMAIN, order, session));
  }

  private static void refuses(ErrorCode code, Runnable check) {
    assertThatThrownBy(check::run)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
