package io.teex.attestation.intel;

import io.teex.attestation.Certificates;
import io.teex.attestation.P256;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** What holds for every certificate of Intel's chains, whatever the time. */
final class CertificateRules {
  private static final int KEY_SIGNS_CERTIFICATES = 5;
  private static final int KEY_SIGNS_CRLS = 6;
  private static final int KEY_SIGNS = 0;

  private CertificateRules() {}

  /**
   * The root is known by its key: samples of Intel's own carry one of the same name.
   *
   * @throws Refused {@code UNTRUSTED_ROOT}, or {@code CERTIFICATE_INVALID} if the certificate of
   *     the right key was changed
   */
  static void requireRoot(X509Certificate certificate, PublicKey root) throws Refused {
    if (!Arrays.equals(certificate.getPublicKey().getEncoded(), root.getEncoded())) {
      throw new Refused(
          Reason.UNTRUSTED_ROOT,
          "the root %s has another key than the built-in one"
              .formatted(certificate.getSubjectX500Principal()));
    }
    requireIssued(certificate, certificate);
    requireIssuer(certificate);
  }

  /** That the one certificate names and is signed by the other one. */
  static void requireIssued(X509Certificate certificate, X509Certificate issuer) throws Refused {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
        || !Certificates.isSignedBy(certificate, issuer.getPublicKey())) {
      throw invalid(certificate, "is not signed by " + issuer.getSubjectX500Principal());
    }
    if (!P256.isKey(certificate.getPublicKey())) {
      throw invalid(certificate, "has a key that is not of P-256");
    }
    if (certificate.hasUnsupportedCriticalExtension()) {
      throw invalid(certificate, "has an unknown critical extension");
    }
  }

  /** That a certificate may issue others and revoke them. */
  static void requireIssuer(X509Certificate certificate) throws Refused {
    if (certificate.getBasicConstraints() < 0
        || !hasUsage(certificate, KEY_SIGNS_CERTIFICATES)
        || !hasUsage(certificate, KEY_SIGNS_CRLS)) {
      throw invalid(certificate, "is not of an authority");
    }
  }

  /** That a certificate's key signs documents and no certificates. */
  static void requireLeaf(X509Certificate certificate) throws Refused {
    if (certificate.getBasicConstraints() >= 0 || !hasUsage(certificate, KEY_SIGNS)) {
      throw invalid(certificate, "is not of a signer of documents");
    }
  }

  /** The one common name of the subject. */
  static String name(X509Certificate certificate) throws Refused {
    RDN[] names =
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())
            .getRDNs(BCStyle.CN);
    if (names.length != 1 || names[0].isMultiValued()) {
      throw invalid(certificate, "has %d common names".formatted(names.length));
    }
    return IETFUtils.valueToString(names[0].getFirst().getValue());
  }

  /** x ‖ y of a key that {@link #requireIssued} has seen. */
  static Bytes point(X509Certificate certificate) throws Refused {
    if (!(certificate.getPublicKey() instanceof ECPublicKey key)) {
      throw invalid(certificate, "has a key that is not of P-256");
    }
    Bytes encoded = Bytes.of(key.getEncoded());
    return encoded.slice(encoded.size() - 64, encoded.size());
  }

  static Refused invalid(X509Certificate certificate, String what) {
    return new Refused(
        Reason.CERTIFICATE_INVALID,
        "certificate of %s %s".formatted(certificate.getSubjectX500Principal(), what));
  }

  private static boolean hasUsage(X509Certificate certificate, int bit) {
    boolean[] usage = certificate.getKeyUsage();
    return usage != null && usage.length > bit && usage[bit];
  }
}
