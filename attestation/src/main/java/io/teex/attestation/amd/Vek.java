package io.teex.attestation.amd;

import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the key that signs reports: of one chip at one TCB level (VCEK), or lent to a
 * provider for a year (VLEK).
 *
 * @param productName such as {@code Milan-B0}
 * @param levels by the name of a {@link TcbComponent} its least version
 * @param chipId of a VCEK; empty for a VLEK
 * @param provider of a VLEK, such as {@code CN=cc-us-east-2.amazonaws.com}; empty for a VCEK
 * @see <a
 *     href="https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/57230.pdf">
 *     Versioned Chip Endorsement Key Certificate and KDS Interface (57230)</a>
 */
record Vek(
    X509Certificate certificate,
    EndorsementKey kind,
    Product product,
    String productName,
    Map<String, Integer> levels,
    Bytes chipId,
    String provider) {
  static final String EXTENSIONS = "1.3.6.1.4.1.3704.1";

  private static final String STRUCTURE_VERSION = "1";
  private static final String PRODUCT_NAME = "2";
  private static final String HARDWARE_ID = "4";
  private static final String PROVIDER = "5";
  private static final int STRUCTURE_VERSION_MAX = 1;

  /** The common name of whoever may have issued it. */
  String issuerName() {
    return kind.issuerName(product);
  }

  /**
   * Reads a certificate that nobody has verified.
   *
   * @throws CertificateException if it is neither a VCEK nor a VLEK of a known product
   */
  static Vek of(X509Certificate certificate) throws CertificateException {
    EndorsementKey kind = kind(X509.commonName(certificate.getSubjectX500Principal()));
    if (integer(certificate, STRUCTURE_VERSION) > STRUCTURE_VERSION_MAX) {
      throw new CertificateException("unknown structure version");
    }
    String productName = text(certificate, PRODUCT_NAME);
    Product product =
        Product.ofName(productName)
            .orElseThrow(() -> new CertificateException("unknown product " + productName));
    Map<String, Integer> levels = new LinkedHashMap<>();
    for (TcbComponent component : product.tcb()) {
      levels.put(component.name(), integer(certificate, component.extension()));
    }
    boolean ofChip = kind == EndorsementKey.VCEK;
    if ((extension(certificate, HARDWARE_ID) != null) != ofChip
        || (extension(certificate, PROVIDER) != null) == ofChip) {
      throw new CertificateException("a VCEK names a chip and a VLEK a provider");
    }
    return new Vek(
        certificate,
        kind,
        product,
        productName,
        Map.copyOf(levels),
        ofChip ? octets(certificate, HARDWARE_ID) : Bytes.EMPTY,
        ofChip ? "" : text(certificate, PROVIDER));
  }

  /** Whether it was issued for exactly this TCB level. */
  boolean isOfLevel(Bytes tcbVersion) {
    return product.tcb().stream()
        .allMatch(component ->
            Integer.valueOf(component.of(tcbVersion)).equals(levels.get(component.name())));
  }

  /** Whether it is of exactly this chip, as a report names it. */
  boolean isOfChip(Bytes reported) {
    return chipId.size() == product.chipIdSize()
        && reported.equals(Bytes.of(Arrays.copyOf(chipId.copy(), reported.size())));
  }

  private static EndorsementKey kind(String subject) throws CertificateException {
    for (EndorsementKey kind : EndorsementKey.values()) {
      if (kind.subject().equals(subject)) {
        return kind;
      }
    }
    throw new CertificateException("a certificate of '%s', no VCEK or VLEK".formatted(subject));
  }

  private static int integer(X509Certificate certificate, String name) throws CertificateException {
    if (value(certificate, name) instanceof ASN1Integer integer
        && integer.getValue().signum() >= 0
        && integer.getValue().bitLength() <= Byte.SIZE) {
      return integer.intValueExact();
    }
    throw new CertificateException("extension %s is no version".formatted(name));
  }

  private static String text(X509Certificate certificate, String name) throws CertificateException {
    if (value(certificate, name) instanceof ASN1IA5String text) {
      return text.getString();
    }
    throw new CertificateException("extension %s is no text".formatted(name));
  }

  private static ASN1Primitive value(X509Certificate certificate, String name)
      throws CertificateException {
    try {
      return ASN1Primitive.fromByteArray(octets(certificate, name).copy());
    } catch (IOException e) {
      throw new CertificateException("extension %s is no DER".formatted(name), e);
    }
  }

  private static Bytes octets(X509Certificate certificate, String name)
      throws CertificateException {
    byte[] encoded = extension(certificate, name);
    if (encoded == null) {
      throw new CertificateException("extension %s is missing".formatted(name));
    }
    return Bytes.of(ASN1OctetString.getInstance(encoded).getOctets());
  }

  private static byte @Nullable [] extension(X509Certificate certificate, String name) {
    return certificate.getExtensionValue(EXTENSIONS + "." + name);
  }
}
