package io.teex.sdk;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Hpke;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The key pair that one order's output is sealed to. It is derived from the user's signing key and
 * the order's salt: tasks cannot be linked by it, and whoever holds the signing key and the order
 * can open the output again later, on another machine too.
 */
final class OutputKeys {
  private static final byte[] INFO = "TEEX output key pair 1".getBytes(StandardCharsets.US_ASCII);

  private OutputKeys() {}

  static Hpke.KeyPair derive(SigningKey user, Bytes32 orderSalt) {
    try (SecretBytes secret = user.secret()) {
      byte[] material = secret.expose();
      byte[] derived =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addSalt(orderSalt.copy())
                      .addIKM(material)
                      .thenExpand(INFO, Bytes32.SIZE));
      Hpke.KeyPair keys = Hpke.KeyPair.of(SecretBytes.copyOf(derived));
      Arrays.fill(material, (byte) 0);
      Arrays.fill(derived, (byte) 0);
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK 25 has HKDF-SHA256", e);
    }
  }
}
