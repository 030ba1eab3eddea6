package io.teex.executor.endive;

/** Thrown through the guest to end it; a guest cannot catch it. */
final class Ending extends RuntimeException {
  // The codes of io.teex.protocol.Outcome that a process may report.
  static final int COMPLETED = 0;
  static final int TRAP = 1;
  static final int OUT_OF_FUEL = 2;
  static final int OUT_OF_MEMORY = 3;
  static final int DEPTH_EXCEEDED = 4;
  static final int OUTPUT_TOO_LARGE = 6;
  static final int GUEST_EXIT = 8;
  static final int ENGINE_FAILURE = 9;

  private static final long serialVersionUID = 1;

  private final int outcome;
  private final int detail;

  Ending(int outcome, int detail) {
    super(null, null, false, false);
    this.outcome = outcome;
    this.detail = detail;
  }

  int outcome() {
    return outcome;
  }

  int detail() {
    return detail;
  }
}
