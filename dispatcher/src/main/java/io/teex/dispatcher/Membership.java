package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.Enrolled;
import io.teex.rpc.node.NodeCertificates;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The dispatcher's certificate: got from the manager, shown to users and workers, admitted on
 * chain, and renewed in good time.
 */
final class Membership {
  private static final Duration MANAGER_WAIT = Duration.ofSeconds(30);

  private final NodeIdentity identity;
  private final Chain chain;
  private final DispatcherLog log;
  private final NodeCertificates certificates;
  private final Enrolled enrolled;
  private volatile boolean admitted;

  private Membership(
      NodeIdentity identity,
      Enrolled enrolled,
      Chain chain,
      NodeCertificates certificates,
      DispatcherLog log) {
    this.identity = identity;
    this.enrolled = enrolled;
    this.chain = chain;
    this.certificates = certificates;
    this.log = log;
  }

  /**
   * Enrols at the manager, waiting for it if it is not there yet, and for the operator's word.
   *
   * @param certificates judges by the manager's account
   * @throws TeexException what the manager refuses it for; {@code UNAVAILABLE}
   */
  static Membership enrol(
      NodeIdentity identity,
      Address payout,
      AttestedChannel manager,
      Chain chain,
      NodeCertificates certificates,
      DispatcherLog log,
      InstantSource clock) {
    Enrolled enrolled =
        Enrolled.enrol(
            identity,
            () -> {
              manager.connect(MANAGER_WAIT);
              return certificates.enrol(identity, payout, manager);
            },
            clock);
    return new Membership(identity, enrolled, chain, certificates, log);
  }

  /** Judges other nodes' certificates. */
  NodeCertificates certificates() {
    return certificates;
  }

  Signed<NodeCertificate> certificate() {
    return enrolled.certificate();
  }

  /** Renews the certificate when half of its life is over, and sees that the chain has it. */
  void poll() {
    try {
      if (enrolled.renewIfDue()) {
        admitted = false;
      }
    } catch (TeexException e) {
      log.certificateNotRenewed(identity.address(), String.valueOf(e.getMessage()));
    }
    if (!admitted) {
      try {
        chain.admit(certificate());
        admitted = true;
        log.active(identity.address());
      } catch (TeexException e) {
        log.waitsForAdmission(identity.address(), String.valueOf(e.getMessage()));
      }
    }
  }
}
