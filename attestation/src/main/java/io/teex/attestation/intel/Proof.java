package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.Reason;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records the steps that make a quote genuine, and whether all of them held so far. */
final class Proof {
  private final Checks checks;
  private boolean holds = true;

  Proof(Checks checks) {
    this.checks = checks;
  }

  /** A step that has a result if it holds. */
  interface Step<T> {
    T take() throws Refused;
  }

  /** Takes a step and records it; null if it did not hold. */
  <T> @Nullable T attempt(String name, Step<T> step) {
    try {
      T result = step.take();
      checks.pass(name);
      return result;
    } catch (Refused e) {
      checks.fail(name, e.reason(), e.detail());
      holds = false;
      return null;
    }
  }

  void require(boolean held, String name, Reason reason, Supplier<String> detail) {
    holds &= checks.require(held, name, reason, detail);
  }

  boolean holds() {
    return holds;
  }
}
