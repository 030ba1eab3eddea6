package io.teex.executor.instrument;

/** Bounds the steps that validating a module takes, before a validator takes them. */
final class WorkBudget {
  private final long allowed;
  private long left;

  WorkBudget(long allowed) {
    this.allowed = allowed;
    this.left = allowed;
  }

  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw WasmInput.malformed(
          "validating it takes more than the %d steps that are allowed".formatted(allowed));
    }
  }
}
