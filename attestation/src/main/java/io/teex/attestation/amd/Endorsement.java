package io.teex.attestation.amd;

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
  boolean leadsToRoot() {
    return !issuers.isEmpty();
  }

  /** Whether the VEK and every certificate above it surely holds at this time. */
  boolean isValidAt(TimeInterval time) {
    return isValidAt(vek.certificate(), time)
        && issuers.stream().allMatch(issuer -> isValidAt(issuer, time));
  }

  private static boolean isValidAt(X509Certificate certificate, TimeInterval time) {
    return time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
        && time.isSurelyNotAfter(certificate.getNotAfter().toInstant());
  }
}
