package io.teex.protocol;

/**
 * How current a platform's firmware and microcode were when its evidence was judged. Zero is not a
 * good status, so that an empty field never reads as one.
 */
public enum TcbStatus implements Coded {
  /** Not hardware: there is nothing that could be current. */
  SIMULATED(0),
  UP_TO_DATE(1),
  SW_HARDENING_NEEDED(2),
  CONFIGURATION_NEEDED(3),
  CONFIGURATION_AND_SW_HARDENING_NEEDED(4),
  OUT_OF_DATE(5),
  OUT_OF_DATE_CONFIGURATION_NEEDED(6),
  REVOKED(7);

  private final int code;

  TcbStatus(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
