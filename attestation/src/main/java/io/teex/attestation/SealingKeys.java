package io.teex.attestation;

import io.teex.protocol.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** Sealing keys out of the one secret that a platform gives (HKDF-SHA256, 32 bytes each). */
public final class SealingKeys {
  private static final int KEY_BYTES = 32;

  private SealingKeys() {}

  /**
   * @param secret what the platform gives to this measurement alone
   * @param measurement mixed in, so that code of another one gets another key whatever the platform
   *     did
   * @param use of the key; other uses get unrelated keys
   */
  public static SecretBytes derive(SecretBytes secret, Measurement measurement, String use) {
    byte[] input = secret.expose();
    try {
      byte[] key =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(input)
                      .addSalt(measurement.value().copy())
                      .thenExpand(use.getBytes(StandardCharsets.UTF_8), KEY_BYTES));
      try {
        return SecretBytes.copyOf(key);
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF-SHA256", e);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }
}
