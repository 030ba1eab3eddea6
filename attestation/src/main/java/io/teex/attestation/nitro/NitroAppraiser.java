package io.teex.attestation.nitro;

import io.teex.attestation.Appraiser;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import java.util.Optional;

public final class NitroAppraiser implements Appraiser {
  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    checks.fail("format", Reason.UNSUPPORTED_VERSION, "no verifier for this kind of evidence");
    return Optional.empty();
  }
}
