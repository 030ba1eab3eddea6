package io.teex.attestation.intel;

import io.teex.protocol.Bytes;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * Who issues and revokes the certificates of platforms' keys, below the built-in root.
 *
 * @param window of its certificate and the root's
 */
record PckAuthority(X509Certificate certificate, String name, Window window) {
  private static final Set<String> NAMES =
      Set.of("Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA");

  static PckAuthority verify(X509Certificate certificate, X509Certificate root, PublicKey pinned)
      throws Refused {
    CertificateRules.requireRoot(root, pinned);
    CertificateRules.requireIssued(certificate, root);
    CertificateRules.requireIssuer(certificate);
    String name = CertificateRules.name(certificate);
    if (!NAMES.contains(name)) {
      throw CertificateRules.invalid(certificate, "is none of " + NAMES);
    }
    return new PckAuthority(certificate, name, Window.of(certificate).and(Window.of(root)));
  }

  /**
   * @param pem the authority, its root
   */
  static PckAuthority verify(Bytes pem, PublicKey pinned) throws Refused {
    List<X509Certificate> chain = Pem.certificates(pem, 2, "chain of the PCK CRL");
    return verify(chain.get(0), chain.get(1), pinned);
  }
}
