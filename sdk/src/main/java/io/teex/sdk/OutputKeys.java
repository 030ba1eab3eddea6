package io.teex.sdk;

import io.teex.chain.TransactionSigner;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Hpke;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The key pairs that orders' outputs are sealed to, one for each order: tasks cannot be linked by
 * them. They are derived from a secret and the order's salt. If the user's signing key is in this
 * process, it is the secret, and whoever holds it and the order can open the output again later, on
 * another machine too. A signer of its own gives no secret (what it signs, whoever asks it next may
 * have too), so that one is made that ends with this process: what was not fetched by then stays
 * sealed.
 */
final class OutputKeys {
  private static final byte[] INFO = "TEEX output key pair 1".getBytes(StandardCharsets.US_ASCII);

  private final SigningKey secretKey;

  private OutputKeys(SigningKey secretKey) {
    this.secretKey = secretKey;
  }

  static OutputKeys of(TransactionSigner signer, RandomGenerator random) {
    return new OutputKeys(signer.key().orElseGet(() -> SigningKey.generate(random)));
  }

  Hpke.KeyPair derive(Bytes32 orderSalt) {
    try (SecretBytes secret = secretKey.secret()) {
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
