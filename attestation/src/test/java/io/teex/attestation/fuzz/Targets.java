package io.teex.attestation.fuzz;

import io.teex.attestation.DocumentTargets;
import io.teex.attestation.amd.AmdTargets;
import io.teex.attestation.collateral.CollateralTargets;
import io.teex.attestation.eventlog.EventLogTargets;
import io.teex.attestation.intel.IntelTargets;
import io.teex.attestation.nitro.NitroTargets;
import io.teex.attestation.source.SourceTargets;
import io.teex.attestation.testing.VectorCase;
import java.util.List;
import java.util.stream.Stream;

/** Everything that reads bytes of strangers. */
final class Targets {
  private Targets() {}

  static List<Target> all() {
    return Stream.of(
            IntelTargets.all(),
            AmdTargets.all(),
            NitroTargets.all(),
            EventLogTargets.all(),
            CollateralTargets.all(),
            SourceTargets.all(),
            DocumentTargets.all())
        .flatMap(List::stream)
        .toList();
  }

  static boolean hasGenuine() {
    return VectorCase.isPresent();
  }
}
