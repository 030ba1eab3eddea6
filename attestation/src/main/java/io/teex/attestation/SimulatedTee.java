package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;

/** SIMULATED: gives evidence and sealing keys as a TEE does, and protects nothing. */
public final class SimulatedTee implements Tee {
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
  public Endorsed endorsed(ReportData reportData) {
    return Endorsed.bare(
        new Evidence(TeeKind.SIMULATED, Bytes.of(platform.report(measurement, reportData))));
  }

  @Override
  public SecretBytes sealingKey(String label) {
    return SealingKeys.derive(platform.sealingSecret(), measurement, INFO_PREFIX + label);
  }

  @Override
  public String toString() {
    return "SimulatedTee[SIMULATED, %s]".formatted(measurement);
  }
}
