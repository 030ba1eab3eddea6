package io.teex.dispatcher;

import com.google.protobuf.ByteString;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.UntilOperated;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ManagerGrpc;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The dispatcher's certificate: got from the manager, shown to users and workers, admitted on
 * chain, and renewed in good time.
 */
final class Membership {
  private static final Duration MANAGER_WAIT = Duration.ofSeconds(30);

  private final NodeIdentity identity;
  private final Address payout;
  private final AttestedChannel manager;
  private final Chain chain;
  private final DispatcherLog log;
  private final InstantSource clock;
  private final NodeCertificates certificates;
  private volatile Signed<NodeCertificate> certificate;
  private volatile Instant renewal;
  private volatile boolean admitted;

  private Membership(
      NodeIdentity identity,
      Address payout,
      AttestedChannel manager,
      Chain chain,
      NodeCertificates certificates,
      DispatcherLog log,
      InstantSource clock) {
    this.identity = identity;
    this.payout = payout;
    this.manager = manager;
    this.chain = chain;
    this.certificates = certificates;
    this.log = log;
    this.clock = clock;
    this.certificate = UntilOperated.inRealTime().enrol(identity, this::enrol);
    this.renewal = renewalOf(certificate);
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
    manager.connect(MANAGER_WAIT);
    return new Membership(identity, payout, manager, chain, certificates, log, clock);
  }

  /** Judges other nodes' certificates. */
  NodeCertificates certificates() {
    return certificates;
  }

  Signed<NodeCertificate> certificate() {
    return certificate;
  }

  /** Renews the certificate when half of its life is over, and sees that the chain has it. */
  void poll() {
    if (!clock.instant().isBefore(renewal)) {
      try {
        certificate = enrol();
        renewal = renewalOf(certificate);
        admitted = false;
      } catch (TeexException e) {
        log.certificateNotRenewed(identity.address(), String.valueOf(e.getMessage()));
      }
    }
    if (!admitted) {
      try {
        chain.admit(certificate);
        admitted = true;
        log.active(identity.address());
      } catch (TeexException e) {
        log.waitsForAdmission(identity.address(), String.valueOf(e.getMessage()));
      }
    }
  }

  private Signed<NodeCertificate> enrol() {
    EnrolResponse answer =
        manager.call(ManagerGrpc.getEnrolMethod(), NodeCertificates.enrolRequest(identity, payout));
    Signed<NodeCertificate> signed = decode(answer.getCertificate());
    NodeCertificate issued = certificates.require(signed, Role.DISPATCHER);
    if (!issued.signer().equals(identity.address())
        || !issued.tlsKeyHash().equals(identity.tlsKeyHash())
        || !issued.payout().equals(payout)) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID, "the manager certified another node than this one");
    }
    return signed;
  }

  private Instant renewalOf(Signed<NodeCertificate> signed) {
    Instant now = clock.instant();
    Instant end = Instant.ofEpochSecond(signed.value().notAfter());
    return now.plus(Duration.between(now, end).dividedBy(2));
  }

  private static Signed<NodeCertificate> decode(ByteString encoded) {
    return Signed.decode(NodeCertificate.class, encoded.toByteArray());
  }
}
