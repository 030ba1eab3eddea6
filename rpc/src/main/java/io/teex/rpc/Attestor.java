package io.teex.rpc;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Decision;
import io.teex.attestation.Decisions;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.ReportData;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;

/** Decides who a peer is, by its certificate and its fresh evidence together. */
final class Attestor {
  private final Verifier verifier = new Verifier();
  private final Policy policy;
  private final InstantSource clock;
  private final Decisions decisions;

  Attestor(Policy policy, InstantSource clock) {
    this(policy, clock, Decisions.NOT_KEPT);
  }

  /**
   * @param decisions gets what was decided about a peer, once for each connection
   */
  Attestor(Policy policy, InstantSource clock, Decisions decisions) {
    this.policy = policy;
    this.clock = clock;
    this.decisions = decisions;
  }

  TimeInterval now() {
    return TimeInterval.at(clock.instant());
  }

  /**
   * Judges the evidence inside the certificate and the evidence made for this connection; both must
   * be accepted and come from the same TEE.
   *
   * @param nonce ours, used for nothing else
   * @param exporter of this connection, in the peer's direction
   * @throws TeexException with the reasons, which are for our own log and not for the peer
   */
  Peer.Node judge(
      Role role,
      X509Certificate certificate,
      Evidence fresh,
      byte[] nonce,
      byte[] exporter,
      String address) {
    Expected bound = new Expected(RaTls.binding(certificate, role), role);
    Evidence inCertificate = RaTls.evidence(certificate);
    Verdict certificateVerdict = verify(inCertificate, bound);
    if (!certificateVerdict.accepted()) {
      keep(inCertificate, bound, certificateVerdict);
    }
    Claims certified = accept(certificateVerdict, role, address, "certificate");
    byte[] key = certificate.getPublicKey().getEncoded();
    Expected here = new Expected(ReportData.of(role, key, nonce, exporter), role);
    Verdict verdict = verify(fresh, here);
    keep(fresh, here, verdict);
    Claims claims = accept(verdict, role, address, "first message");
    if (!claims.measurement().equals(certified.measurement())
        || !claims.platformId().equals(certified.platformId())) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "%s at %s: certificate and first message are of different TEEs".formatted(role, address));
    }
    return new Peer.Node(role, RaTls.keyHash(certificate), claims, verdict, address);
  }

  private Verdict verify(Evidence evidence, Expected expected) {
    return verifier.verify(evidence, Collateral.none(), now(), policy, expected);
  }

  private void keep(Evidence evidence, Expected expected, Verdict verdict) {
    decisions.keep(
        Decision.of(
            evidence, Collateral.none(), verdict.basis().time(), policy, expected, verdict));
  }

  private static Claims accept(Verdict verdict, Role role, String address, String where) {
    if (!verdict.accepted()) {
      throw new TeexException(
          verdict.errorCode(),
          "%s at %s refused, %s: %s".formatted(role, address, where, verdict.explanation()));
    }
    return verdict.claims().orElseThrow();
  }
}
