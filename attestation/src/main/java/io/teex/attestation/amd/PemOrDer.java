package io.teex.attestation.amd;

import io.teex.attestation.Certificates;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Certificates as one in DER or some in PEM. */
final class PemOrDer {
  private static final byte DER_SEQUENCE = 0x30;

  private PemOrDer() {}

  /**
   * @throws CertificateException if it is neither, or more than {@code max}
   */
  static List<X509Certificate> certificates(Bytes document, int max) throws CertificateException {
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
}
