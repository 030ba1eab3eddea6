package io.teex.attestation;

/** Takes what a node decided about others. Keeping it must not change what was decided. */
@FunctionalInterface
public interface Decisions {
  /** For those who have nothing to sign with, such as users. */
  Decisions NOT_KEPT = decision -> {};

  void keep(Decision decision);
}
