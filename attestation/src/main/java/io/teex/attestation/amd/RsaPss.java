package io.teex.attestation.amd;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** RSASSA-PSS with the one set of parameters that AMD signs by, whatever a document claims. */
final class RsaPss {
  private static final String OID = "1.2.840.113549.1.1.10";
  private static final PSSParameterSpec SHA384 =
      new PSSParameterSpec(
          "SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

  private RsaPss() {}

  static boolean signed(PublicKey issuer, X509Certificate certificate) {
    try {
      return certificate.getSigAlgOID().equals(OID)
          && verify(issuer, certificate.getTBSCertificate(), certificate.getSignature());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  static boolean signed(PublicKey issuer, X509CRL list) {
    try {
      return list.getSigAlgOID().equals(OID)
          && verify(issuer, list.getTBSCertList(), list.getSignature());
    } catch (CRLException e) {
      return false;
    }
  }

  private static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(SHA384);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
