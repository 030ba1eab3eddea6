package io.teex.attestation;

import java.util.Optional;

/** One question that a verifier asked of the evidence, and the answer. */
public sealed interface Check {
  /** Which question; stable. */
  String name();

  record Passed(String name) implements Check {}

  /**
   * @param detail what was seen and what was expected, for the verifier's own log; never for the
   *     peer
   */
  record Failed(String name, Reason reason, String detail) implements Check {
    @Override
    public String toString() {
      return "%s: %s (%s)".formatted(name, reason.code(), detail);
    }
  }

  default boolean passed() {
    return this instanceof Passed;
  }

  /** Why it failed, if it did. */
  default Optional<Reason> failure() {
    return switch (this) {
      case Passed passed -> Optional.empty();
      case Failed failed -> Optional.of(failed.reason());
    };
  }
}
