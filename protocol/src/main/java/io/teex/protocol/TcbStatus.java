package io.teex.protocol;

/**
 * How current a platform's firmware and microcode were when its evidence was judged. Zero is not a
 * good status, so that an empty field never reads as one.
 */
public enum TcbStatus implements Coded {
  /** Not hardware: there is nothing that could be current. */
  SIMULATED(0, "Simulated"),
  UP_TO_DATE(1, "UpToDate"),
  SW_HARDENING_NEEDED(2, "SWHardeningNeeded"),
  CONFIGURATION_NEEDED(3, "ConfigurationNeeded"),
  CONFIGURATION_AND_SW_HARDENING_NEEDED(4, "ConfigurationAndSWHardeningNeeded"),
  OUT_OF_DATE(5, "OutOfDate"),
  OUT_OF_DATE_CONFIGURATION_NEEDED(6, "OutOfDateConfigurationNeeded"),
  REVOKED(7, "Revoked"),
  /** The platform is patched, but the TEE was started before. */
  TD_RELAUNCH_ADVISED(8, "TDRelaunchAdvised"),
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED(9, "TDRelaunchAdvisedConfigurationNeeded"),
  /** The maker's documents do not say, or could not be relied on; no policy accepts it. */
  UNKNOWN(10, "Unknown");

  private final int code;
  private final String label;

  TcbStatus(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The name that the makers' documents use. */
  public String label() {
    return label;
  }

  public boolean isOutOfDate() {
    return this == OUT_OF_DATE || this == OUT_OF_DATE_CONFIGURATION_NEEDED;
  }

  @Override
  public int code() {
    return code;
  }
}
