package io.teex.attestation.intel;

import io.teex.attestation.P256;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;

/**
 * The key that everything of SGX and TDX leads up to: of the Intel SGX Root CA, subject key
 * identifier 22650cd65a9d3489f383b49552bf501b392706ac.
 *
 * @see <a
 *     href="https://certificates.trustedservices.intel.com/Intel_SGX_Provisioning_Certification_RootCA.cer">the
 *     certificate as Intel publishes it</a>
 */
final class IntelRoot {
  static final PublicKey KEY =
      key(
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC6nEwMDIYZOj/iPWsCzaEKi71OiOSLRFhWGjbnBVJfVnkY4u3IjkDYYL"
              + "0MxO4mqsyYjlBalTVYxFP2sJBK5zlA==");

  private IntelRoot() {}

  private static PublicKey key(String base64) {
    try {
      return P256.publicKey(Base64.getDecoder().decode(base64));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the built-in root key is none", e);
    }
  }
}
