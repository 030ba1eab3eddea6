package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The collateral there is for a platform. What is not there or not valid is left out, so that a
 * verifier which needs it refuses; why it is not there is in the failures.
 *
 * @param complete whether every required part is there
 */
public record Supply(Collateral collateral, boolean complete, List<Check.Failed> failures) {
  public Supply {
    failures = List.copyOf(failures);
  }

  /** The failures in one line, for the verifier's own log. */
  public String explanation() {
    return failures.stream().map(Check.Failed::toString).collect(Collectors.joining("; "));
  }
}
