package io.teex.attestation.intel;

import io.teex.attestation.Certificates;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates in PEM and nothing between them. Strict, so that there is one way only to write a
 * chain down: no comments, and Base64 as its encoder writes it. Zero bytes at the end, which
 * quoting libraries leave there, are cut off.
 */
final class Pem {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private Pem() {}

  /**
   * @param count how many there have to be
   * @throws Refused {@code CERTIFICATE_INVALID} if it is anything else
   */
  static List<X509Certificate> certificates(Bytes pem, int count, String what) throws Refused {
    List<X509Certificate> certificates = new ArrayList<>();
    StringBuilder open = null;
    for (String line : text(pem).lines().toList()) {
      if (open == null && line.equals(BEGIN) && certificates.size() < count) {
        open = new StringBuilder();
      } else if (open != null && line.equals(END)) {
        certificates.add(certificate(open.toString(), what));
        open = null;
      } else if (open != null) {
        open.append(line);
      } else if (!line.isEmpty()) {
        throw invalid(what, "something else than %d certificates stands in it".formatted(count));
      }
    }
    if (open != null || certificates.size() != count) {
      throw invalid(
          what, "it has %d whole certificates, expected %d".formatted(certificates.size(), count));
    }
    return certificates;
  }

  private static String text(Bytes pem) {
    int size = pem.size();
    while (size > 0 && pem.at(size - 1) == 0) {
      size--;
    }
    return new String(pem.copy(), 0, size, StandardCharsets.ISO_8859_1);
  }

  private static X509Certificate certificate(String base64, String what) throws Refused {
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      if (!Base64.getEncoder().encodeToString(der).equals(base64)) {
        throw invalid(what, "its Base64 is not in its one usual form");
      }
      return Certificates.parse(der);
    } catch (IllegalArgumentException | CertificateException e) {
      throw invalid(what, String.valueOf(e.getMessage()));
    }
  }

  private static Refused invalid(String what, String detail) {
    return new Refused(Reason.CERTIFICATE_INVALID, "%s: %s".formatted(what, detail));
  }
}
