package io.teex.attestation.intel;

import io.teex.protocol.Bytes;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The certificate of a platform's key with its issuers up to the built-in root: every signature and
 * name in it holds. Whether it is valid at a time and not revoked is asked each time.
 *
 * @param key x ‖ y of the PCK key
 * @param platformWindow of the platform's certificate alone
 * @param window of all three
 */
record PckChain(
    Bytes key,
    PckExtension platform,
    BigInteger serial,
    X509Certificate issuer,
    String issuerName,
    Window platformWindow,
    Window window) {
  private static final String PLATFORM_NAME = "SGX PCK Certificate";
  private static final Set<String> ISSUER_NAMES =
      Set.of("Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA");

  /**
   * @param pem leaf, intermediate, root
   */
  static PckChain verify(Bytes pem, PublicKey pinned) throws Refused {
    List<X509Certificate> chain = Pem.certificates(pem, 3, "PCK chain");
    X509Certificate leaf = chain.get(0);
    X509Certificate issuer = chain.get(1);
    X509Certificate root = chain.get(2);
    CertificateRules.requireRoot(root, pinned);
    CertificateRules.requireIssued(issuer, root);
    CertificateRules.requireIssuer(issuer);
    CertificateRules.requireIssued(leaf, issuer);
    CertificateRules.requireLeaf(leaf);
    String issuerName = CertificateRules.name(issuer);
    if (!ISSUER_NAMES.contains(issuerName)) {
      throw CertificateRules.invalid(issuer, "is none of " + ISSUER_NAMES);
    }
    if (!CertificateRules.name(leaf).contains(PLATFORM_NAME)) {
      throw CertificateRules.invalid(leaf, "is no " + PLATFORM_NAME);
    }
    Window window = Window.of(leaf);
    return new PckChain(
        CertificateRules.point(leaf),
        PckExtension.of(leaf),
        leaf.getSerialNumber(),
        issuer,
        issuerName,
        window,
        window.and(Window.of(issuer)).and(Window.of(root)));
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fmspc", platform.fmspc().toHex());
    fields.put("pceid", platform.pceId().toHex());
    fields.put("cpusvn", platform.cpuSvn().toHex());
    fields.put("tcb_components", platform.components().stream().map(Integer::longValue).toList());
    fields.put("pcesvn", (long) platform.pceSvn());
    fields.put("ppid", platform.ppid().toHex());
    fields.put("sgx_type", (long) platform.sgxType());
    fields.put("ca", issuerName);
    fields.put("serial", "0x" + serial.toString(16));
    fields.put("not_before", platformWindow.from().toString());
    fields.put("not_after", platformWindow.to().toString());
    return fields;
  }
}
