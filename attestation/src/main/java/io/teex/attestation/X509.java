package io.teex.attestation;

import io.teex.protocol.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Reads certificates and revocation lists of others, and believes none of them. */
public final class X509 {
  private static final byte DER_SEQUENCE = 0x30;

  private X509() {}

  /**
   * One certificate in DER or some in PEM, whatever stands between those; none if there is neither.
   *
   * @throws CertificateException if one cannot be read, or there are more than {@code max}
   */
  public static List<X509Certificate> certificates(Bytes document, int max)
      throws CertificateException {
    if (!document.isEmpty() && document.at(0) == DER_SEQUENCE) {
      return List.of(Certificates.parse(document.copy()));
    }
    String text = new String(document.copy(), StandardCharsets.ISO_8859_1);
    List<X509Certificate> certificates = new ArrayList<>();
    try (PemReader in = new PemReader(new StringReader(text))) {
      for (PemObject object = in.readPemObject(); object != null; object = in.readPemObject()) {
        if (!object.getType().equals("CERTIFICATE") || certificates.size() == max) {
          throw new CertificateException("anything but %d certificates".formatted(max));
        }
        certificates.add(Certificates.parse(object.getContent()));
      }
    } catch (IOException | RuntimeException e) {
      // BouncyCastle tells bad Base64 by an unchecked exception.
      throw new CertificateException("no PEM: " + e.getMessage(), e);
    }
    return List.copyOf(certificates);
  }

  /**
   * @param der one revocation list and nothing after it
   */
  public static X509CRL crl(Bytes der) throws GeneralSecurityException {
    ByteArrayInputStream in = new ByteArrayInputStream(der.copy());
    X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
    if (in.available() > 0) {
      throw new CRLException("%d bytes after the revocation list".formatted(in.available()));
    }
    return crl;
  }

  /** The one common name, or nothing in particular if there is another number of them. */
  public static String commonName(X500Principal name) {
    RDN[] names = X500Name.getInstance(name.getEncoded()).getRDNs(BCStyle.CN);
    return names.length == 1 ? names[0].getFirst().getValue().toString() : "";
  }
}
