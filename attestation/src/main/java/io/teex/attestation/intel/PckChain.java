package io.teex.attestation.intel;

import io.teex.protocol.Bytes;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    PckAuthority issuer,
    Window platformWindow,
    Window window) {
  private static final String PLATFORM_NAME = "SGX PCK Certificate";

  /**
   * @param pem leaf, intermediate, root
   */
  static PckChain verify(Bytes pem, PublicKey pinned) throws Refused {
    List<X509Certificate> chain = Pem.certificates(pem, 3, "PCK chain");
    X509Certificate leaf = chain.get(0);
    PckAuthority issuer = PckAuthority.verify(chain.get(1), chain.get(2), pinned);
    CertificateRules.requireIssued(leaf, issuer.certificate());
    CertificateRules.requireLeaf(leaf);
    if (!CertificateRules.name(leaf).contains(PLATFORM_NAME)) {
      throw CertificateRules.invalid(leaf, "is no " + PLATFORM_NAME);
    }
    Window window = Window.of(leaf);
    return new PckChain(
        CertificateRules.point(leaf),
        PckExtension.of(leaf),
        leaf.getSerialNumber(),
        issuer,
        window,
        window.and(issuer.window()));
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
    fields.put("ca", issuer.name());
    fields.put("serial", "0x" + serial.toString(16));
    fields.put("not_before", platformWindow.from().toString());
    fields.put("not_after", platformWindow.to().toString());
    return fields;
  }
}
