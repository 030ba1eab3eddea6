package io.teex.attestation.collateral;

import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * What the PCK certificate in a quote says of its platform, read without belief: it only decides
 * which collateral to ask for.
 *
 * @param fmspc 6 bytes
 */
record PckCertificate(Bytes fmspc, PckCa ca) {
  private static final String SGX_EXTENSION = "1.2.840.113741.1.13.1";
  private static final ASN1ObjectIdentifier FMSPC = new ASN1ObjectIdentifier(SGX_EXTENSION + ".4");
  private static final int PCK_CHAIN = 5;
  private static final int QE_REPORT_DATA = 6;
  private static final int HEADER = 48;
  private static final int SIGNATURE_AND_KEY = 128;
  private static final int QE_REPORT_AND_SIGNATURE = 384 + 64;
  private static final String END = "-----END CERTIFICATE-----";

  static Optional<PckCertificate> in(Bytes quote) {
    try {
      return Optional.of(read(leaf(quote)));
    } catch (CertificateException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static PckCertificate read(X509Certificate leaf) throws CertificateException {
    String issuer = X509.commonName(leaf.getIssuerX500Principal());
    for (PckCa ca : PckCa.values()) {
      if (ca.commonName().equals(issuer)) {
        return new PckCertificate(fmspc(leaf), ca);
      }
    }
    throw new CertificateException("no PCK certificate");
  }

  private static Bytes fmspc(X509Certificate leaf) throws CertificateException {
    ASN1OctetString extension = ASN1OctetString.getInstance(leaf.getExtensionValue(SGX_EXTENSION));
    for (ASN1Encodable field : ASN1Sequence.getInstance(extension.getOctets())) {
      ASN1Sequence pair = ASN1Sequence.getInstance(field);
      if (FMSPC.equals(pair.getObjectAt(0))) {
        return Bytes.of(ASN1OctetString.getInstance(pair.getObjectAt(1)).getOctets());
      }
    }
    throw new CertificateException("no FMSPC");
  }

  private static X509Certificate leaf(Bytes quote) throws CertificateException {
    ByteBuffer in = ByteBuffer.wrap(quote.copy()).order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getShort() & 0xffff;
    int bodySize =
        switch (version) {
          case 3 -> 384;
          case 4 -> in.getInt(4) == 0 ? 384 : 584;
          case 5 -> 6 + in.getInt(HEADER + 2);
          default -> throw new CertificateException("no quote");
        };
    skip(in, HEADER - 2);
    skip(in, bodySize);
    skip(in, 4 + SIGNATURE_AND_KEY);
    if (version > 3) {
      if ((in.getShort() & 0xffff) != QE_REPORT_DATA) {
        throw new CertificateException("no QE report");
      }
      skip(in, 4);
    }
    skip(in, QE_REPORT_AND_SIGNATURE);
    skip(in, in.getShort() & 0xffff);
    if ((in.getShort() & 0xffff) != PCK_CHAIN) {
      throw new CertificateException("no PCK chain");
    }
    byte[] chain = new byte[Math.min(in.getInt() & 0x7fffffff, in.remaining())];
    in.get(chain);
    String pem = new String(chain, StandardCharsets.ISO_8859_1);
    String first = pem.substring(0, pem.indexOf(END) + END.length());
    return X509.certificates(Bytes.of(first.getBytes(StandardCharsets.ISO_8859_1)), 1).getFirst();
  }

  private static void skip(ByteBuffer in, int size) {
    if (size < 0 || size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + size);
  }
}
