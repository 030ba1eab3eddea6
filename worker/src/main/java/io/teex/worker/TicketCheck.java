package io.teex.worker;

import static io.teex.protocol.ErrorCode.CERTIFICATE_INVALID;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.ORDER_EXPIRED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OrderAuthority;
import io.teex.protocol.OutputLimits;
import io.teex.protocol.Profile;
import io.teex.protocol.Role;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import io.teex.rpc.node.NodeCertificates;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether a ticket makes this worker execute: the order is its user's will, and a dispatcher that
 * our manager enrolled leased this very order to us and to nobody else, for now.
 */
final class TicketCheck {
  private final Domain domain;
  private final Address worker;
  private final TeeKind kind;
  private final NodeCertificates certificates;
  private final InstantSource clock;
  private final AtomicReference<@Nullable Signed<NodeCertificate>> known = new AtomicReference<>();

  /**
   * @param worker the account whose leases are ours
   * @param kind of TEE that this worker runs in
   * @param certificates of our manager
   * @param clock by which orders and leases end here; the manager asks the time again before it
   *     gives away a key
   */
  TicketCheck(
      Domain domain,
      Address worker,
      TeeKind kind,
      NodeCertificates certificates,
      InstantSource clock) {
    this.domain = domain;
    this.worker = worker;
    this.kind = kind;
    this.certificates = certificates;
    this.clock = clock;
  }

  /**
   * @throws TeexException {@code SIGNATURE_INVALID}, {@code ORDER_EXPIRED}, {@code ORDER_MISMATCH},
   *     {@code CERTIFICATE_INVALID} or {@code LEASE_INVALID}; {@code MALFORMED} if nothing can be
   *     sealed to the order's output key; {@code ATTESTATION_REFUSED} while the time is not known
   *     well enough
   */
  Attempt check(Ticket ticket) {
    long now = clock.instant().getEpochSecond();
    Order order = ticket.order().value();
    TaskId task = order.id(domain);
    checkOrder(ticket, now);
    checkDispatcher(ticket.dispatcher());
    checkLease(ticket.lease(), ticket.dispatcher().value(), task, now);
    if (!order.isOnChain() && !order.dispatcher().equals(ticket.lease().value().dispatcher())) {
      throw new TeexException(
          ORDER_MISMATCH,
          "the order names dispatcher %s, the lease is by %s"
              .formatted(order.dispatcher(), ticket.lease().value().dispatcher()));
    }
    checkTier(order.tier());
    checkTerms(order);
    return new Attempt(task, ticket);
  }

  private void checkOrder(Ticket ticket, long now) {
    Signed<Session> session = ticket.session();
    if (session == null) {
      OrderAuthority.require(domain, ticket.order());
    } else {
      OrderAuthority.require(domain, ticket.order(), session);
    }
    long deadline = ticket.order().value().deadline();
    if (now > deadline) {
      throw new TeexException(
          ORDER_EXPIRED,
          "the order's deadline %s has passed, it is %s: sign a new order with a later one"
              .formatted(Instant.ofEpochSecond(deadline), Instant.ofEpochSecond(now)));
    }
  }

  private void checkDispatcher(Signed<NodeCertificate> signed) {
    // The same few certificates come with every task: their signature is proven once.
    if (!signed.equals(known.get())) {
      certificates.require(signed, Role.DISPATCHER);
      known.set(signed);
    } else if (!certificates.holds(signed.value())) {
      throw new TeexException(
          CERTIFICATE_INVALID,
          "the certificate of dispatcher %s ended at %d"
              .formatted(signed.value().signer(), signed.value().notAfter()));
    }
  }

  private void checkLease(Signed<Lease> signed, NodeCertificate dispatcher, TaskId task, long now) {
    Lease lease = signed.value();
    if (!lease.taskId().equals(task)) {
      throw invalid("the lease is for task %s, the order is task %s", lease.taskId(), task);
    }
    if (!lease.worker().equals(worker)) {
      throw invalid("the lease is for worker %s, this is worker %s", lease.worker(), worker);
    }
    if (!lease.dispatcher().equals(dispatcher.signer())) {
      throw invalid(
          "the lease is by %s, the certificate is of %s", lease.dispatcher(), dispatcher.signer());
    }
    if (now > lease.expiry()) {
      throw invalid(
          "the lease ended at %s, it is %s: ask the dispatcher for another attempt",
          lease.expiry(), now);
    }
    signed.requireSigner(domain, lease.dispatcher());
  }

  private void checkTier(Tier tier) {
    requireGuest(tier);
    if (tier.tcbNotBefore() != 0) {
      throw new TeexException(
          ORDER_MISMATCH,
          "the order asks for a TCB not before %d, which this worker cannot prove yet: ask for 0"
              .formatted(tier.tcbNotBefore()));
    }
    if ((tier.teeKinds() & kind.bit()) == 0) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the order does not accept a TEE of kind %s, which this worker runs in".formatted(kind));
    }
  }

  /**
   * @throws TeexException {@code ORDER_MISMATCH} if this worker has no such guest interface
   */
  static void requireGuest(Tier tier) {
    if (!Profile.parse(tier.profile()).guest().equals(Tier.WASM_1)) {
      throw new TeexException(
          ORDER_MISMATCH,
          "the order asks for profile %s, this worker has %s"
              .formatted(tier.profile(), Tier.WASM_1));
    }
  }

  /**
   * What would make an execution fail behind the release of the data: the user would have taken a
   * use that no receipt makes her pay.
   */
  static void checkTerms(Order order) {
    OutputLimits.require(order.output());
    Hpke.requirePublicKey(order.output().key());
    if (order.limits().fuel() == 0) {
      throw new TeexException(ORDER_MISMATCH, "the order allows no fuel, so nothing can be run");
    }
  }

  private static TeexException invalid(String message, Object seen, Object expected) {
    return new TeexException(LEASE_INVALID, message.formatted(seen, expected));
  }
}
