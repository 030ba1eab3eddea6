package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** SIMULATED: gives evidence and sealing keys as a TEE does, and protects nothing. */
public final class SimulatedTee implements Tee {
  private static final int KEY_BYTES = 32;
  private static final String INFO_PREFIX = "TEEX-SIMULATED-SEAL-1:";

  private final SimulatedPlatform platform;
  private final Measurement measurement;

  SimulatedTee(SimulatedPlatform platform, Measurement measurement) {
    this.platform = platform;
    this.measurement = measurement;
  }

  @Override
  public TeeKind kind() {
    return TeeKind.SIMULATED;
  }

  @Override
  public Measurement measurement() {
    return measurement;
  }

  @Override
  public Bytes platformId() {
    return platform.id();
  }

  @Override
  public Evidence evidence(ReportData reportData) {
    return new Evidence(TeeKind.SIMULATED, Bytes.of(platform.report(measurement, reportData)));
  }

  @Override
  public SecretBytes sealingKey(String label) {
    byte[] secret = platform.sealingSecret().expose();
    try {
      byte[] key =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(secret)
                      .addSalt(measurement.value().copy())
                      .thenExpand(
                          (INFO_PREFIX + label).getBytes(StandardCharsets.UTF_8), KEY_BYTES));
      try {
        return SecretBytes.copyOf(key);
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF-SHA256", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "SimulatedTee[SIMULATED, %s]".formatted(measurement);
  }
}
