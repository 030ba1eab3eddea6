package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A VEK and what vouches for it.
 *
 * @param issuers the authority that issued it and the pinned root above; empty if no such chain was
 *     found
 */
record Endorsement(Vek vek, List<X509Certificate> issuers) {
  /** Whether the VEK leads to its product's root, and it and every certificate above it holds. */
  void check(TimeInterval time, Checks checks) {
    checks.require(
        !issuers.isEmpty(),
        "vek-chain",
        Reason.VEK_CHAIN_INVALID,
        () ->
            "no %s below the root of %s signed the VEK"
                .formatted(vek.issuerName(), vek.product().name()));
    checks.require(
        isValidAt(vek.certificate(), time)
            && issuers.stream().allMatch(issuer -> isValidAt(issuer, time)),
        "validity",
        Reason.CERTIFICATE_EXPIRED,
        () ->
            "the VEK holds from %s to %s"
                .formatted(
                    vek.certificate().getNotBefore().toInstant(),
                    vek.certificate().getNotAfter().toInstant()));
  }

  /** Whether a certificate surely holds at this time. */
  static boolean isValidAt(X509Certificate certificate, TimeInterval time) {
    return time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
        && time.isSurelyNotAfter(certificate.getNotAfter().toInstant());
  }
}
