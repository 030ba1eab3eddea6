package io.teex.attestation;

import io.teex.protocol.Bytes;
import java.util.Optional;

/** Reads and authenticates the evidence of one kind of TEE. Total: any bytes get an answer. */
public interface Appraiser {
  /**
   * Parses the evidence, verifies its signatures up to a pinned root, judges what the policy says
   * of platforms of this kind, and records every check; what holds for all kinds (measurement,
   * role, report data) is the {@link Verifier}'s.
   *
   * @return what the evidence claims, or nothing if it cannot be read
   */
  Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks);
}
