package io.teex.attestation.collateral;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.TimeInterval;

/**
 * Whether collateral is good enough to replace what is kept, judged before it does: a service that
 * sends nonsense then cannot push out documents that are still good. The verifier judges again
 * where it uses them.
 */
@FunctionalInterface
public interface CollateralCheck {
  /** Leaves the judgement to the verifier: a well-formed lie then is kept until it is corrected. */
  CollateralCheck BY_THE_VERIFIER_ALONE = (platform, collateral, time, checks) -> {};

  /** Records every check; one that fails refuses the collateral. It may lack optional parts. */
  void check(Platform platform, Collateral collateral, TimeInterval time, Checks checks);
}
