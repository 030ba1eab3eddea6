package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.CERTIFICATE_INVALID;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.ORDER_EXPIRED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;

import io.teex.attestation.TimeInterval;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.protocol.Address;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OrderAuthority;
import io.teex.protocol.Role;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who asks, and by whose will: everything that signatures alone can prove. It runs before any fact
 * is fetched, so that a stranger costs the manager no call to the chain or to TEE-DS.
 */
public final class AuthorityRules {
  private static final int CERTIFICATES_MAX = 1_000;

  private final ManagerIdentity manager;

  /** Certificates whose signature was good before; the same few nodes come again and again. */
  private final Set<Signed<NodeCertificate>> known = ConcurrentHashMap.newKeySet();

  public AuthorityRules(ManagerIdentity manager) {
    this.manager = manager;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code SIGNATURE_INVALID}, {@code ORDER_EXPIRED}, {@code
   *     ORDER_MISMATCH}, {@code CERTIFICATE_INVALID} or {@code LEASE_INVALID}
   */
  public Claim check(Ask ask, TimeInterval now) {
    Order order = ask.order().value();
    Signed<Session> session = ask.session();
    if (session == null) {
      OrderAuthority.require(manager.domain(), ask.order());
    } else {
      OrderAuthority.require(manager.domain(), ask.order(), session);
    }
    TaskId task = order.id(manager.domain());
    require(
        !Dates.mayBeOver(now, order.deadline()),
        ORDER_EXPIRED,
        "the order's deadline %s has passed, it is %s: sign a new order with a later one",
        Dates.instant(order.deadline()),
        now.latest());

    NodeCertificate dispatcher = certificate(ask.dispatcher(), Role.DISPATCHER, now);
    NodeCertificate worker = caller(ask.worker(), Role.WORKER, ask.caller(), now);

    Lease lease = ask.lease().value();
    checkLease(ask.lease(), task, dispatcher.signer(), worker.signer(), now);
    require(
        order.dispatcher().isZero() || order.dispatcher().equals(lease.dispatcher()),
        ORDER_MISMATCH,
        "the order names dispatcher %s, the lease is by %s",
        order.dispatcher(),
        lease.dispatcher());
    // The dispatcher chose the worker; that it is one the user accepts is not the dispatcher's
    // word.
    require(
        ask.caller().kind().isIn(order.tier().teeKinds()),
        LEASE_INVALID,
        "worker %s is a %s TEE, which the order does not accept",
        worker.signer(),
        ask.caller().kind());
    return new Claim(task, order, lease);
  }

  /**
   * @throws io.teex.protocol.TeexException {@code CERTIFICATE_INVALID} unless it is a good one, of
   *     whoever is at the other end of the channel
   */
  NodeCertificate caller(
      Signed<NodeCertificate> signed, Role role, Ask.Caller caller, TimeInterval now) {
    NodeCertificate certificate = certificate(signed, role, now);
    require(
        certificate.tlsKeyHash().equals(caller.tlsKeyHash()),
        CERTIFICATE_INVALID,
        "the certificate of %s is for another TLS key than the caller's",
        certificate.signer());
    return certificate;
  }

  private NodeCertificate certificate(Signed<NodeCertificate> signed, Role role, TimeInterval now) {
    NodeCertificate certificate = signed.value();
    require(
        isSigned(signed),
        CERTIFICATE_INVALID,
        "the certificate of %s is not signed by this manager",
        certificate.signer());
    require(
        certificate.role() == role,
        CERTIFICATE_INVALID,
        "the certificate of %s is for role %s, not %s",
        certificate.signer(),
        certificate.role(),
        role);
    require(
        certificate.managerEpoch() == manager.epoch(),
        CERTIFICATE_INVALID,
        "the certificate of %s is of epoch %d, this is epoch %d",
        certificate.signer(),
        certificate.managerEpoch(),
        manager.epoch());
    require(
        !Dates.mayBeOver(now, certificate.notAfter()),
        CERTIFICATE_INVALID,
        "the certificate of %s ended at %d",
        certificate.signer(),
        certificate.notAfter());
    return certificate;
  }

  private boolean isSigned(Signed<NodeCertificate> certificate) {
    if (known.contains(certificate)) {
      return true;
    }
    if (!manager.signed(certificate)) {
      return false;
    }
    if (known.size() >= CERTIFICATES_MAX) {
      known.clear();
    }
    known.add(certificate);
    return true;
  }

  private void checkLease(
      Signed<Lease> signed, TaskId task, Address dispatcher, Address worker, TimeInterval now) {
    Lease lease = signed.value();
    require(
        lease.dispatcher().equals(dispatcher) && signed.signer(manager.domain()).equals(dispatcher),
        LEASE_INVALID,
        "the lease is not signed by dispatcher %s",
        dispatcher);
    require(
        lease.taskId().equals(task),
        LEASE_INVALID,
        "the lease is for task %s, the order is task %s",
        lease.taskId(),
        task);
    require(
        lease.worker().equals(worker),
        LEASE_INVALID,
        "the lease is for worker %s, the caller is %s",
        lease.worker(),
        worker);
    require(
        !Dates.mayBeOver(now, lease.expiry()),
        LEASE_INVALID,
        "the lease of attempt %d ended at %d",
        lease.attempt(),
        lease.expiry());
  }
}
