package io.teex.protocol;

/** How a task ended, as its receipt says. */
public enum Outcome implements Coded {
  COMPLETED(0),
  TRAP(1),
  OUT_OF_FUEL(2),
  OUT_OF_MEMORY(3),
  DEPTH_EXCEEDED(4),
  OUT_OF_TIME(5),
  OUTPUT_TOO_LARGE(6),
  INVALID_MODULE(7),
  /** The guest ended with a non-zero exit code. */
  GUEST_EXIT(8),
  /** The platform failed, not the guest. */
  ENGINE_FAILURE(9),
  /** A sequence number that was given back without execution. */
  VOID(10);

  private final int code;

  Outcome(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }

  /**
   * Whether the user pays for the fuel used: true for whatever the guest did, false where it never
   * ran by the platform's fault. A module that instrumentation refuses at run time was checked when
   * it was registered, so {@link #INVALID_MODULE} is the platform's fault too.
   */
  public boolean isCharged() {
    return switch (this) {
      case COMPLETED,
          TRAP,
          OUT_OF_FUEL,
          OUT_OF_MEMORY,
          DEPTH_EXCEEDED,
          OUT_OF_TIME,
          OUTPUT_TOO_LARGE,
          GUEST_EXIT ->
          true;
      case INVALID_MODULE, ENGINE_FAILURE, VOID -> false;
    };
  }
}
