package io.teex.attestation.intel;

import io.teex.attestation.Ecdsa;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A document of Intel's whose signature holds, by a signer that the built-in root vouches for.
 *
 * @param signerSerial for the question whether the signer was revoked
 * @param signerWindow from when to when the signer's certificate and the root's hold
 */
record SignedDocument<T extends SignedDocument.Dated>(
    T document, BigInteger signerSerial, Window signerWindow) {
  private static final String SIGNER_NAME = "Intel SGX TCB Signing";

  /** A document that says itself from when to when it holds. */
  interface Dated {
    Window window();
  }

  interface Parser<T> {
    /**
     * Keys that it does not know are ignored, since Intel adds some from time to time.
     *
     * @throws TeexException if one that it needs is missing or unreadable
     */
    T parse(Bytes text) throws Refused;
  }

  /**
   * @param chain PEM: signer, root
   * @param text exactly the bytes that were signed
   * @param signature r ‖ s
   */
  static <T extends Dated> SignedDocument<T> verify(
      Bytes chain, Bytes text, Bytes signature, PublicKey root, Parser<T> parser) throws Refused {
    List<X509Certificate> certificates = Pem.certificates(chain, 2, "chain of the TCB signer");
    X509Certificate signer = certificates.get(0);
    CertificateRules.requireRoot(certificates.get(1), root);
    CertificateRules.requireIssued(signer, certificates.get(1));
    CertificateRules.requireLeaf(signer);
    if (!CertificateRules.name(signer).equals(SIGNER_NAME)) {
      throw CertificateRules.invalid(signer, "is not " + SIGNER_NAME);
    }
    byte[] key = CertificateRules.point(signer).copy();
    if (!Ecdsa.P256_SHA256.verify(key, text.copy(), signature.copy())) {
      throw new Refused(
          Reason.COLLATERAL_SIGNATURE_INVALID,
          "%s did not sign these %d bytes".formatted(SIGNER_NAME, text.size()));
    }
    return new SignedDocument<>(
        parse(parser, text),
        signer.getSerialNumber(),
        Window.of(signer).and(Window.of(certificates.get(1))));
  }

  private static <T> T parse(Parser<T> parser, Bytes text) throws Refused {
    try {
      return parser.parse(text);
    } catch (TeexException e) {
      throw Refused.malformed(String.valueOf(e.getMessage()));
    }
  }

  /** From when to when the document holds and its signer may sign. */
  Window window() {
    return document.window().and(signerWindow);
  }
}
