package io.teex.attestation.nitro;

import io.teex.attestation.Certificates;
import io.teex.attestation.Recent;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * The certificates of a document, from the root down to that of the enclave's key.
 *
 * @param certificates at least two
 */
record NitroChain(List<X509Certificate> certificates) {
  /**
   * @throws CertificateException if one of them is no certificate
   */
  static NitroChain of(NitroDocument document) throws CertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Bytes authority : document.authorities()) {
      certificates.add(Certificates.parse(authority.copy()));
    }
    certificates.add(Certificates.parse(document.certificate().copy()));
    return new NitroChain(List.copyOf(certificates));
  }

  X509Certificate root() {
    return certificates.getFirst();
  }

  /** Of the key that signs documents. */
  X509Certificate enclave() {
    return certificates.getLast();
  }

  boolean isValidAt(TimeInterval time) {
    return certificates.stream()
        .allMatch(certificate ->
            time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
                && time.isSurelyNotAfter(certificate.getNotAfter().toInstant()));
  }

  /**
   * Whether each certificate was issued by the one above it, which may do so, and all hold at some
   * time together. {@link #isValidAt} says whether that is now.
   */
  boolean isLinked(Recent<Bytes32, Boolean> known) {
    try {
      Bytes32 digest = digest();
      if (known.find(digest).isPresent()) {
        return true;
      }
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root(), null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(latestStart()));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(certificates.subList(1, certificates.size()).reversed()),
              parameters);
      known.put(digest, true);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private Instant latestStart() {
    return certificates.stream()
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private Bytes32 digest() throws GeneralSecurityException {
    byte[][] digests = new byte[certificates.size()][];
    for (int i = 0; i < digests.length; i++) {
      digests[i] = Sha256.hash(certificates.get(i).getEncoded()).value().copy();
    }
    return Sha256.hash(digests);
  }
}
