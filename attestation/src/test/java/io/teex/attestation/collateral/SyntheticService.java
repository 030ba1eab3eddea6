package io.teex.attestation.collateral;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.amd.AmdCollateral;
import io.teex.attestation.intel.IntelCollateral;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A collateral service on this machine, as PCCS is, for the tests of other modules. */
public final class SyntheticService implements AutoCloseable {
  private final CollateralServer server;

  private SyntheticService(CollateralServer server) {
    this.server = server;
  }

  /** Serves this collateral for the platform that the evidence comes from. */
  public static SyntheticService serving(Evidence evidence, Collateral collateral)
      throws IOException {
    CollateralServer server = new CollateralServer();
    for (Platform platform : Platforms.of(evidence, Collateral.none())) {
      if (platform instanceof Platform.Intel intel) {
        server.serve(intel, collateral);
      }
    }
    return new SyntheticService(server);
  }

  public URI base() {
    return server.base();
  }

  /** The paths that it was asked for, in order. */
  public List<String> requests() {
    return server.requests();
  }

  /** A cache that asks it, and believes what this judge believes; time stands still. */
  public CollateralCache cache(IntelCollateral judge, Instant now) {
    return CollateralCache.open(
        CollateralConfig.from(Map.of("intel", base().toString())),
        new GenuineCheck(judge, new AmdCollateral()),
        InstantSource.fixed(now),
        new SplittableRandom(1),
        _ -> () -> {});
  }

  @Override
  public void close() {
    server.close();
  }
}
