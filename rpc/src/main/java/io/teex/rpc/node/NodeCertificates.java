package io.teex.rpc.node;

import com.google.protobuf.ByteString;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.proto.EnrolRequest;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ManagerGrpc;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Node certificates: how a node asks for one, and how everybody judges one. A certificate says what
 * a manager saw; that the peer at hand is the node that it speaks of takes the peer's TLS key.
 */
public final class NodeCertificates {
  private static final byte[] POSSESSION_LABEL = "TEEX-ENROL-1".getBytes(StandardCharsets.US_ASCII);

  private final Domain domain;
  private final Address manager;
  private final Supplier<TimeInterval> time;

  /**
   * @param manager the account whose signature counts
   * @param time now, as far as it is known
   */
  public NodeCertificates(Domain domain, Address manager, Supplier<TimeInterval> time) {
    this.domain = domain;
    this.manager = manager;
    this.time = time;
  }

  /**
   * What a node sends to be enrolled: its two accounts, and proof that it holds the signing key.
   */
  public static EnrolRequest enrolRequest(NodeIdentity identity, Address payout) {
    Signature possession =
        identity.signer().sign(possessionDigest(identity.tlsKeyHash(), identity.address(), payout));
    return EnrolRequest.newBuilder()
        .setSigner(ByteString.copyFrom(identity.address().value().copy()))
        .setPayout(ByteString.copyFrom(payout.value().copy()))
        .setPossession(ByteString.copyFrom(possession.bytes().copy()))
        .build();
  }

  /**
   * Exchanges an attested channel to the manager for a certificate of this node. Attestation shows
   * a genuine manager; that it is this market's takes its signature.
   *
   * @param payout the account that is paid for the node's work
   * @throws TeexException what the manager refuses the node for; {@code CERTIFICATE_INVALID} if it
   *     is another manager, or certified another node
   */
  public Signed<NodeCertificate> enrol(
      NodeIdentity identity, Address payout, AttestedChannel channel) {
    EnrolResponse answer =
        channel.call(ManagerGrpc.getEnrolMethod(), enrolRequest(identity, payout));
    Signed<NodeCertificate> signed =
        Signed.decode(NodeCertificate.class, answer.getCertificate().toByteArray());
    NodeCertificate issued = require(signed, identity.role());
    if (!issued.signer().equals(identity.address())
        || !issued.tlsKeyHash().equals(identity.tlsKeyHash())
        || !issued.payout().equals(payout)) {
      throw invalid("the manager certified another node than this one");
    }
    return signed;
  }

  /** The accounts of a node that asks to be enrolled. */
  public record Accounts(Address signer, Address payout) {}

  /**
   * The manager's side of {@link #enrolRequest}.
   *
   * @param tlsKeyHash of the attested connection that the request came by
   * @throws TeexException {@code MALFORMED}; {@code SIGNATURE_INVALID} if the node does not hold
   *     the signing key or asked by another connection
   */
  public static Accounts requirePossession(EnrolRequest request, Bytes32 tlsKeyHash) {
    Address signer = address("signer", request.getSigner());
    Address payout = address("payout", request.getPayout());
    Signature possession = new Signature(Bytes.of(request.getPossession().toByteArray()));
    Address holder = possession.recover(possessionDigest(tlsKeyHash, signer, payout));
    if (!holder.equals(signer)) {
      throw new TeexException(
          ErrorCode.SIGNATURE_INVALID,
          "the signing key %s did not vouch for this TLS key and payout".formatted(signer));
    }
    return new Accounts(signer, payout);
  }

  private static Bytes32 possessionDigest(Bytes32 tlsKeyHash, Address signer, Address payout) {
    return Keccak.hash(
        POSSESSION_LABEL, tlsKeyHash.copy(), signer.value().copy(), payout.value().copy());
  }

  private static Address address(String name, ByteString bytes) {
    if (bytes.size() != Address.SIZE) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "%s has %d bytes, expected %d".formatted(name, bytes.size(), Address.SIZE));
    }
    return new Address(Bytes.of(bytes.toByteArray()));
  }

  /**
   * A certificate as it came by the wire, if it is good: signed by the manager, for this role, not
   * expired.
   *
   * @throws TeexException {@code MALFORMED} or {@code CERTIFICATE_INVALID}
   */
  public NodeCertificate require(byte[] encoded, Role role) {
    return require(Signed.decode(NodeCertificate.class, encoded), role);
  }

  /**
   * The certificate, if it is good: signed by the manager, for this role, surely not expired.
   *
   * @throws TeexException {@code CERTIFICATE_INVALID}
   */
  public NodeCertificate require(Signed<NodeCertificate> signed, Role role) {
    NodeCertificate certificate = signed.value();
    Address signer = signed.signer(domain);
    if (!signer.equals(manager)) {
      throw invalid("signed by %s, the manager is %s".formatted(signer, manager));
    }
    if (certificate.role() != role) {
      throw invalid("for a %s, expected a %s".formatted(certificate.role(), role));
    }
    TimeInterval now = time.get();
    if (!holds(certificate, now)) {
      throw invalid("expired at %d, it may be %s".formatted(certificate.notAfter(), now.latest()));
    }
    return certificate;
  }

  /**
   * Whether a certificate that was good before surely has not expired since.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if the time is not known well enough
   */
  public boolean holds(NodeCertificate certificate) {
    return holds(certificate, time.get());
  }

  /** Compared as numbers: an end may lie beyond what an Instant can say. */
  private static boolean holds(NodeCertificate certificate, TimeInterval now) {
    return now.latest().getEpochSecond() <= certificate.notAfter();
  }

  /**
   * The certificate, if it is good and speaks of this very peer.
   *
   * @throws TeexException {@code CERTIFICATE_INVALID}
   */
  public NodeCertificate require(Signed<NodeCertificate> signed, Peer.Node peer) {
    NodeCertificate certificate = require(signed, peer.role());
    if (!certificate.tlsKeyHash().equals(peer.tlsKeyHash())) {
      throw invalid(
          "for the TLS key %s, the peer's is %s"
              .formatted(certificate.tlsKeyHash(), peer.tlsKeyHash()));
    }
    if (!certificate.measurement().equals(peer.measurement().value())) {
      throw invalid(
          "for measurement %s, the peer's is %s"
              .formatted(certificate.measurement(), peer.measurement()));
    }
    return certificate;
  }

  /**
   * The certificate that a server showed on the connection at hand, if it is good and speaks of
   * this very peer.
   *
   * @throws TeexException {@code NODE_NOT_ENROLLED} if it showed none, {@code MALFORMED} or {@code
   *     CERTIFICATE_INVALID}
   */
  public NodeCertificate shownBy(Peer.Node peer) {
    if (peer.certificate().isEmpty()) {
      throw new TeexException(
          ErrorCode.NODE_NOT_ENROLLED, "%s showed no node certificate".formatted(peer));
    }
    return require(Signed.decode(NodeCertificate.class, peer.certificate().copy()), peer);
  }

  /**
   * The account of a manager that signed a certificate for itself and showed it on the connection
   * at hand: it holds that account's key. Whether it is one that counts is for the chain to say.
   *
   * @throws TeexException {@code NODE_NOT_ENROLLED} if it showed none, {@code MALFORMED} or {@code
   *     CERTIFICATE_INVALID}
   */
  public static Address managerShownBy(Peer.Node peer, Domain domain, Supplier<TimeInterval> time) {
    Address signer =
        peer.certificate().isEmpty()
            ? Address.ZERO
            : Signed.decode(NodeCertificate.class, peer.certificate().copy()).signer(domain);
    NodeCertificate shown = new NodeCertificates(domain, signer, time).shownBy(peer);
    if (!shown.signer().equals(signer)) {
      throw invalid("of manager %s, signed by %s".formatted(shown.signer(), signer));
    }
    return signer;
  }

  /** The account whose signature counts. */
  public Address manager() {
    return manager;
  }

  /** A requirement for channels: the peer is the node that this certificate speaks of. */
  public Consumer<Peer.Node> peerOf(Signed<NodeCertificate> signed) {
    return peer -> require(signed, peer);
  }

  private static TeexException invalid(String what) {
    return new TeexException(ErrorCode.CERTIFICATE_INVALID, "node certificate: " + what);
  }
}
