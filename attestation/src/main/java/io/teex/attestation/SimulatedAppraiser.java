package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Judges the simulated TEE by the same steps as a real one: parse, chain, validity, signature. */
final class SimulatedAppraiser implements Appraiser {

  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    SimulatedEvidence report;
    X509Certificate certificate;
    PublicKey root;
    try {
      report = SimulatedEvidence.parse(evidence);
      certificate = Certificates.parse(report.attestationCertificate().copy());
      root = P256.publicKey(report.root().copy());
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      checks.fail("format", Reason.MALFORMED, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass("format");
    checks.require(
        policy.simulatedRoots().contains(Sha256.hash(report.root().copy())),
        "root",
        Reason.UNTRUSTED_ROOT,
        () ->
            "policy %s does not name the simulated root %s"
                .formatted(policy.name(), Sha256.hash(report.root().copy())));
    boolean issued =
        checks.require(
            P256.isKey(certificate.getPublicKey())
                && certificate.getBasicConstraints() < 0
                && !certificate.hasUnsupportedCriticalExtension()
                && Certificates.isSignedBy(certificate, root),
            "attestation-key",
            Reason.CERTIFICATE_INVALID,
            () -> "the root did not sign the attestation key's certificate");
    checks.require(
        time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
            && time.isSurelyNotAfter(certificate.getNotAfter().toInstant()),
        "validity",
        Reason.CERTIFICATE_EXPIRED,
        () ->
            "the attestation key's certificate holds from %s to %s"
                .formatted(
                    certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
    checks.require(
        issued
            && P256.verify(
                certificate.getPublicKey(), report.signed().copy(), report.signature().copy()),
        "signature",
        Reason.REPORT_SIGNATURE_INVALID,
        () -> "the attestation key did not sign this report");
    return Optional.of(
        new Claims(
            TeeKind.SIMULATED,
            report.measurement(),
            Sha256.hash(certificate.getPublicKey().getEncoded()).value(),
            TcbStatus.SIMULATED,
            report.reportData()));
  }
}
