package io.teex.attestation.collateral;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.TimeInterval;

/**
 * Whether a part is good enough to replace the one that is kept, judged before it does: a service
 * that lies then cannot push out documents that are still good. The verifier judges again where it
 * uses them.
 */
@FunctionalInterface
interface CollateralCheck {
  /**
   * Records every question about the part; one that fails refuses it.
   *
   * @param documents those of the part, and those that are kept of its platform
   */
  void check(Part part, Collateral documents, TimeInterval time, Checks checks);
}
