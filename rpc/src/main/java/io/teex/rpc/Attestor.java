package io.teex.rpc;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Decision;
import io.teex.attestation.Decisions;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;

/**
 * Decides who a peer is: on a connection by its certificate and its fresh evidence together, over
 * HTTP by its fresh evidence.
 */
public final class Attestor {
  private final Verifier verifier = new Verifier();
  private final Grounds grounds;
  private final Decisions decisions;

  /** A verdict with all that it rests on. */
  private record Judged(
      Evidence evidence, Collateral collateral, Policy policy, Expected expected, Verdict verdict) {
    Decision decision() {
      return Decision.of(evidence, collateral, verdict.basis().time(), policy, expected, verdict);
    }
  }

  /**
   * @param decisions gets what was decided about a peer: once for each connection, and once more
   *     when a peer is not accepted any longer
   */
  public Attestor(Grounds grounds, Decisions decisions) {
    this.grounds = grounds;
    this.decisions = decisions;
  }

  /**
   * @throws TeexException {@code ATTESTATION_REFUSED} if the time is not known well enough
   */
  TimeInterval now() {
    return grounds.time();
  }

  /**
   * Judges the evidence inside the certificate and the evidence made for this connection; both must
   * be accepted and come from the same TEE.
   *
   * @throws TeexException with the reasons, which are for our own log and not for the peer
   */
  Peer.Node judge(Proof proof) {
    Judged session = accept(proof);
    decisions.keep(session.decision());
    return new Peer.Node(
        proof.role(),
        RaTls.keyHash(proof.certificate()),
        session.verdict().claims().orElseThrow(),
        session.verdict(),
        proof.address(),
        Bytes.EMPTY);
  }

  /**
   * Judges a peer again that was accepted, by the policy, the collateral and the time as they are
   * now.
   *
   * @throws TeexException if it would not be accepted now
   */
  void judgeAgain(Proof proof) {
    RaTls.requireStructure(proof.certificate(), now());
    accept(proof);
  }

  /**
   * Judges fresh evidence that came by itself.
   *
   * @param expected what it has to vouch for, {@code tlsKeyHash} with it
   * @throws TeexException with the reasons
   */
  public Peer.Node judge(Endorsed shown, Expected expected, Bytes32 tlsKeyHash, String address) {
    Judged judged =
        require(
            "%s at %s refused".formatted(expected.role(), address),
            shown,
            expected,
            grounds.policy());
    decisions.keep(judged.decision());
    Verdict verdict = judged.verdict();
    return new Peer.Node(
        expected.role(), tlsKeyHash, verdict.claims().orElseThrow(), verdict, address, Bytes.EMPTY);
  }

  /** The verdict over the first message, if both are accepted. */
  private Judged accept(Proof proof) {
    Policy policy = grounds.policy();
    String refused = "%s at %s refused, ".formatted(proof.role(), proof.address());
    Judged certificate =
        require(refused + "certificate", proof.inCertificate(), proof.ofCertificate(), policy);
    Judged session = require(refused + "first message", proof.fresh(), proof.ofSession(), policy);
    Claims certified = certificate.verdict().claims().orElseThrow();
    Claims claims = session.verdict().claims().orElseThrow();
    if (!claims.measurement().equals(certified.measurement())
        || !claims.platformId().equals(certified.platformId())) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "%s at %s: certificate and first message are of different TEEs"
              .formatted(proof.role(), proof.address()));
    }
    return session;
  }

  private Judged require(String refused, Endorsed shown, Expected expected, Policy policy) {
    Evidence evidence = shown.evidence();
    Collateral collateral = grounds.collateral(evidence, shown.collateral());
    Verdict verdict = verifier.verify(evidence, collateral, now(), policy, expected);
    Judged judged = new Judged(evidence, collateral, policy, expected, verdict);
    if (!verdict.accepted()) {
      decisions.keep(judged.decision());
      throw new TeexException(
          verdict.errorCode(), "%s: %s".formatted(refused, verdict.explanation()));
    }
    return judged;
  }
}
