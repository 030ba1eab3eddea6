package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges the simulated TEE by the same steps as a real one: parse, chain, validity, signature. That
 * a root signed an attestation key's certificate is remembered by the bytes of both, since it can
 * only be answered the same way again; everything else is judged anew.
 */
final class SimulatedAppraiser implements Appraiser {
  private static final int ENDORSEMENTS_MAX = 1_024;

  private final Map<Bytes32, X509Certificate> endorsements = new ConcurrentHashMap<>();

  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    SimulatedEvidence report;
    Optional<X509Certificate> endorsed;
    X509Certificate certificate;
    try {
      report = SimulatedEvidence.parse(evidence);
      endorsed = endorsed(report);
      certificate =
          endorsed.isPresent()
              ? endorsed.get()
              : Certificates.parse(report.attestationCertificate().copy());
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      checks.fail("format", Reason.MALFORMED, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass("format");
    Bytes32 root = Sha256.hash(report.root().copy());
    checks.require(
        policy.simulatedRoots().contains(root),
        "root",
        Reason.UNTRUSTED_ROOT,
        () -> "policy %s does not name the simulated root %s".formatted(policy.name(), root));
    checks.require(
        endorsed.isPresent(),
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
        endorsed.isPresent()
            && P256.verify(
                certificate.getPublicKey(), report.signed().copy(), report.signature().copy()),
        "signature",
        Reason.REPORT_SIGNATURE_INVALID,
        () -> "the attestation key did not sign this report");
    return Optional.of(
        new Claims(
            TeeKind.SIMULATED,
            report.measurement(),
            SimulatedEvidence.platformId(certificate),
            Tcb.of(TcbStatus.SIMULATED),
            report.reportData(),
            fields(report)));
  }

  private static Map<String, Object> fields(SimulatedEvidence report) {
    return Map.of(
        "measurement", report.measurement().value().toHex(),
        "report_data", report.reportData().value().toHex(),
        "debug", false);
  }

  /**
   * The certificate of the attestation key, if the root that the report shows signed it.
   *
   * @throws GeneralSecurityException if the root is no key or the certificate no certificate
   */
  private Optional<X509Certificate> endorsed(SimulatedEvidence report)
      throws GeneralSecurityException {
    byte[] root = report.root().copy();
    byte[] encoded = report.attestationCertificate().copy();
    Bytes32 key = Sha256.hash(Sha256.hash(root).copy(), encoded);
    X509Certificate known = endorsements.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    X509Certificate certificate = Certificates.parse(encoded);
    boolean issued =
        Certificates.isSignedBy(certificate, P256.publicKey(root))
            && P256.isKey(certificate.getPublicKey())
            && certificate.getBasicConstraints() < 0
            && !certificate.hasUnsupportedCriticalExtension();
    if (!issued) {
      return Optional.empty();
    }
    if (endorsements.size() >= ENDORSEMENTS_MAX) {
      endorsements.clear();
    }
    endorsements.put(key, certificate);
    return Optional.of(certificate);
  }
}
