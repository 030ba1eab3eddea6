package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Reads certificates and revocation lists, and believes none of them. */
final class X509 {
  private static final int CHAIN_MAX = 4;

  private X509() {}

  /** The certificates of a PEM text, at least one. */
  static List<X509Certificate> chain(Bytes pem) throws PartFailure {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      factory()
          .generateCertificates(new ByteArrayInputStream(pem.copy()))
          .forEach(certificate -> chain.add((X509Certificate) certificate));
    } catch (CertificateException e) {
      throw PartFailure.malformed("the issuer chain holds something else than certificates");
    }
    if (chain.isEmpty() || chain.size() > CHAIN_MAX) {
      throw PartFailure.malformed(
          "%d certificates in a chain, expected 1 to %d".formatted(chain.size(), CHAIN_MAX));
    }
    return chain;
  }

  static X509Certificate certificate(Bytes der) throws PartFailure {
    ByteArrayInputStream in = new ByteArrayInputStream(der.copy());
    try {
      X509Certificate certificate = (X509Certificate) factory().generateCertificate(in);
      if (in.available() == 0) {
        return certificate;
      }
    } catch (CertificateException e) {
      throw PartFailure.malformed("%d bytes that are no certificate".formatted(der.size()));
    }
    throw PartFailure.malformed("%d bytes after the certificate".formatted(in.available()));
  }

  static X509CRL crl(Bytes der) throws PartFailure {
    ByteArrayInputStream in = new ByteArrayInputStream(der.copy());
    try {
      X509CRL crl = (X509CRL) factory().generateCRL(in);
      if (in.available() == 0) {
        return crl;
      }
    } catch (CRLException | CertificateException e) {
      throw PartFailure.malformed("%d bytes that are no revocation list".formatted(der.size()));
    }
    throw PartFailure.malformed("%d bytes after the revocation list".formatted(in.available()));
  }

  /** The common name, or nothing in particular if there is none. */
  static String commonName(X500Principal name) {
    RDN[] names = X500Name.getInstance(name.getEncoded()).getRDNs(BCStyle.CN);
    if (names.length != 1) {
      return "";
    }
    ASN1Encodable value = names[0].getFirst().getValue();
    return value.toString();
  }

  private static CertificateFactory factory() throws CertificateException {
    return CertificateFactory.getInstance("X.509");
  }
}
