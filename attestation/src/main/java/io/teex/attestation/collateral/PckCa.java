package io.teex.attestation.collateral;

import java.util.Locale;

/** Which of Intel's two authorities issued the PCK certificate of a platform. */
public enum PckCa {
  PLATFORM("Intel SGX PCK Platform CA"),
  PROCESSOR("Intel SGX PCK Processor CA");

  private final String commonName;

  PckCa(String commonName) {
    this.commonName = commonName;
  }

  String commonName() {
    return commonName;
  }

  /** As in the service's paths. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
