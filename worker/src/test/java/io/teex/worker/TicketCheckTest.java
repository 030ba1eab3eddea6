package io.teex.worker;

import static io.teex.worker.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Lease;
import io.teex.protocol.Limits;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Role;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketCheckTest {
  private final Scene scene = new Scene();
  private final TicketCheck check = scene.tickets();
  private final Order order = scene.order(Bytes32.ZERO, List.of());
  private final Signed<Order> signed = scene.user.sign(scene.domain, order);

  @Test
  void acceptsWhatTheDispatcherLeasedToThisWorker() {
    Attempt attempt = check.check(scene.ticket(order));

    assertThat(attempt.task()).isEqualTo(order.id(scene.domain));
    assertThat(attempt.id().number()).isEqualTo(1);
  }

  @Test
  void refusesAnOrderThatTheUserDidNotSign() {
    Signed<Order> forged = scene.stranger.sign(scene.domain, order);

    refuses(ErrorCode.SIGNATURE_INVALID, () -> check.check(scene.ticket(forged, 1)));
  }

  @Test
  void refusesALeaseToAnotherWorker() {
    refusesLease(ErrorCode.LEASE_INVALID, scene.lease(signed, 1, scene.stranger.address()));
  }

  @Test
  void refusesALeaseOfAnotherOrder() {
    Signed<Order> other = scene.user.sign(scene.domain, scene.order(Bytes32.ZERO, List.of()));

    refusesLease(ErrorCode.LEASE_INVALID, scene.lease(other, 1, scene.worker.address()));
  }

  @Test
  void refusesALeaseThatTheDispatcherDidNotSign() {
    Lease lease = scene.lease(signed, 1, scene.worker.address()).value();

    refusesLease(ErrorCode.SIGNATURE_INVALID, scene.stranger.sign(scene.domain, lease));
  }

  @Test
  void refusesALeaseThatHasEnded() {
    Ticket ticket = scene.ticket(order);

    scene.clock.pass(Duration.ofSeconds(30));
    check.check(ticket);
    scene.clock.pass(Duration.ofSeconds(1));

    refuses(ErrorCode.LEASE_INVALID, () -> check.check(ticket));
  }

  @Test
  void refusesAnOrderWhoseDeadlineHasPassed() {
    Ticket ticket = scene.ticket(order);

    scene.clock.pass(Duration.ofSeconds(301));

    refuses(ErrorCode.ORDER_EXPIRED, () -> check.check(ticket));
  }

  @Test
  void refusesADispatcherThatTheManagerDidNotEnrol() {
    refusesIssuer(ErrorCode.CERTIFICATE_INVALID, scene.stranger, Role.DISPATCHER, scene.dispatcher);
    refusesIssuer(ErrorCode.CERTIFICATE_INVALID, scene.manager, Role.WORKER, scene.dispatcher);
    refusesIssuer(ErrorCode.LEASE_INVALID, scene.manager, Role.DISPATCHER, scene.stranger);
  }

  @Test
  void refusesACertificateThatHasEndedThoughItWasKnown() {
    check.check(scene.ticket(order));

    scene.clock.pass(Duration.ofHours(2));

    Order late = withDeadline(scene.clock.instant().getEpochSecond() + 60);
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> check.check(scene.ticket(late)));
  }

  @Test
  void refusesACertificateThatMayHaveEnded() {
    check.check(scene.ticket(order));

    scene.doubt = Duration.ofHours(2);

    refuses(ErrorCode.CERTIFICATE_INVALID, () -> check.check(scene.ticket(order)));
  }

  @Test
  void refusesAnOrderForAnotherDispatcher() {
    Order elsewhere =
        new Order(
            order.user(),
            scene.stranger.address(),
            order.lane(),
            order.sequence(),
            order.service(),
            order.datasets(),
            order.purpose(),
            order.inputCommitment(),
            order.output(),
            order.fee(),
            order.limits(),
            order.tier(),
            order.recentBlock(),
            order.deadline(),
            order.salt());

    refuses(ErrorCode.ORDER_MISMATCH, () -> check.check(scene.ticket(elsewhere)));
  }

  @Test
  void refusesATierThatItDoesNotReach() {
    refuses(
        ErrorCode.ORDER_MISMATCH,
        () -> check.check(scene.ticket(withTier(Tier.single(Isolation.PROCESS, 2)))));
    Tier profile = new Tier(Isolation.PROCESS, "wasm-9", TeeKind.SIMULATED.bit(), 0, 1, 1, 0, 0, 0);
    refuses(ErrorCode.ORDER_MISMATCH, () -> check.check(scene.ticket(withTier(profile))));
  }

  @Test
  void refusesAPlatformDateThatNothingHereCanProve() {
    Tier dated =
        new Tier(
            Isolation.PROCESS, Tier.WASM_1, TeeKind.SIMULATED.bit(), 1_700_000_000, 1, 1, 0, 0, 0);

    refuses(ErrorCode.ORDER_MISMATCH, () -> check.check(scene.ticket(withTier(dated))));
  }

  @Test
  void refusesAnOutputThatIsTooLargeOnceItIsPadded() {
    Bytes32 key = scene.outputKeys.publicKey();

    refusesOutput(ErrorCode.ORDER_MISMATCH, new OutputTerms(key, Long.MAX_VALUE, 0));
    refusesOutput(ErrorCode.ORDER_MISMATCH, new OutputTerms(key, 1, Long.MAX_VALUE));
  }

  @Test
  void refusesAnOutputKeyThatNothingCanBeSealedTo() {
    refusesOutput(ErrorCode.MALFORMED, new OutputTerms(Bytes32.ZERO, 1, 0));
  }

  private void refusesOutput(ErrorCode code, OutputTerms output) {
    Order unreadable = copy(output, order.limits(), order.tier(), order.deadline());

    refuses(code, () -> check.check(scene.ticket(unreadable)));
  }

  @Test
  void refusesAnOrderWithoutFuel() {
    Order empty = copy(order.output(), new Limits(0, 0, 1 << 20), order.tier(), order.deadline());

    refuses(ErrorCode.ORDER_MISMATCH, () -> check.check(scene.ticket(empty)));
  }

  @Test
  void acceptsTheKeyOfASession() {
    SigningKey key = SigningKey.generate(scene.random);
    Signed<Order> bySession = key.sign(scene.domain, order);
    Session session =
        new Session(
            scene.user.address(),
            key.address(),
            scene.dispatcher.address(),
            0,
            Amount.of(5_000_000),
            order.fee().max(),
            List.of(),
            order.deadline(),
            Bytes32.ZERO);

    check.check(withSession(bySession, scene.user.sign(scene.domain, session)));

    refuses(
        ErrorCode.SIGNATURE_INVALID,
        () -> check.check(withSession(bySession, scene.stranger.sign(scene.domain, session))));
    refuses(
        ErrorCode.SIGNATURE_INVALID,
        () -> check.check(withSession(signed, scene.user.sign(scene.domain, session))));
  }

  private Ticket withSession(Signed<Order> by, Signed<Session> session) {
    Ticket plain = scene.ticket(by, 1);
    return new Ticket(by, session, plain.lease(), plain.dispatcher());
  }

  private void refusesLease(ErrorCode code, Signed<Lease> lease) {
    Failures.refuses(
        code, () -> check.check(new Ticket(signed, null, lease, scene.dispatcherCertificate())));
  }

  private void refusesIssuer(ErrorCode code, SigningKey issuer, Role role, SigningKey subject) {
    Signed<NodeCertificate> certificate =
        scene.certificate(issuer, role, subject.address(), subject.address());
    Failures.refuses(
        code,
        () ->
            check.check(
                new Ticket(
                    signed, null, scene.lease(signed, 1, scene.worker.address()), certificate)));
  }

  private Order withTier(Tier tier) {
    return copy(order.output(), order.limits(), tier, order.deadline());
  }

  private Order withDeadline(long deadline) {
    return copy(order.output(), order.limits(), order.tier(), deadline);
  }

  private Order copy(OutputTerms output, Limits limits, Tier tier, long deadline) {
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        order.datasets(),
        order.purpose(),
        order.inputCommitment(),
        output,
        order.fee(),
        limits,
        tier,
        order.recentBlock(),
        deadline,
        order.salt());
  }
}
