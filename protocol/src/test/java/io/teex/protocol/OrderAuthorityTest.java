package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderAuthorityTest {
  private static final long NOW = 1_800_000_000;

  private final Random random = new Random(11);
  private final SigningKey user = SigningKey.generate(random);
  private final SigningKey sessionKey = SigningKey.generate(random);
  private final SigningKey stranger = SigningKey.generate(random);
  private final Address dispatcher = SigningKey.generate(random).address();
  private final Domain domain = new Domain(31337, stranger.address());
  private final ServiceId service = new ServiceId(BigInteger.TWO);

  @Test
  void acceptsTheUsersOwnSignature() {
    Order order = order(0, 5);

    assertThat(OrderAuthority.require(domain, user.sign(domain, order), null, NOW))
        .isEqualTo(order.id(domain));
    refuses(ErrorCode.SIGNATURE_INVALID, stranger.sign(domain, order), null);
    refuses(ErrorCode.SIGNATURE_INVALID, sessionKey.sign(domain, order), null);
  }

  @Test
  void acceptsASessionKeyWithinItsSession() {
    Signed<Order> order = sessionKey.sign(domain, order(1, 5));

    assertThat(OrderAuthority.require(domain, order, session(user, 1, 5, NOW, service), NOW))
        .isEqualTo(order.value().id(domain));
    refuses(ErrorCode.SIGNATURE_INVALID, order, session(stranger, 1, 5, NOW, service));
    refuses(
        ErrorCode.SIGNATURE_INVALID,
        stranger.sign(domain, order(1, 5)),
        session(user, 1, 5, NOW, service));
    refuses(ErrorCode.ORDER_MISMATCH, order, session(user, 2, 5, NOW, service));
    refuses(ErrorCode.ORDER_MISMATCH, order, session(user, 1, 4, NOW, service));
    refuses(
        ErrorCode.ORDER_MISMATCH, order, session(user, 1, 5, NOW, new ServiceId(BigInteger.ONE)));
    refuses(ErrorCode.ORDER_EXPIRED, order, session(user, 1, 5, NOW - 1, service));
  }

  private void refuses(ErrorCode code, Signed<Order> order, @Nullable Signed<Session> session) {
    assertThatThrownBy(() -> OrderAuthority.require(domain, order, session, NOW))
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Signed<Session> session(
      SigningKey signer, int lane, long maxPerTask, long expiry, ServiceId only) {
    return signer.sign(
        domain,
        new Session(
            user.address(),
            sessionKey.address(),
            dispatcher,
            lane,
            Amount.of(100),
            Amount.of(maxPerTask),
            List.of(only),
            expiry,
            Bytes32.ZERO));
  }

  private Order order(int lane, long feeMax) {
    return new Order(
        user.address(),
        dispatcher,
        lane,
        1,
        new ServiceRef(service, 1, Bytes32.ZERO, 1),
        List.of(),
        "",
        Bytes32.ZERO,
        new OutputTerms(Bytes32.ZERO, 1, 0),
        new FeeTerms(Amount.of(feeMax), 100),
        new Limits(1, 1, 65536),
        Tier.single(Isolation.PROCESS, TeeKind.SIMULATED.bit()),
        new BlockRef(0, Bytes32.ZERO),
        NOW + 60,
        Bytes32.random(random));
  }
}
