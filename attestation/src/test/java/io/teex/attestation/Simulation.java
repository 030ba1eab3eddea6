package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** A simulated platform in which one measurement may act as each role. */
final class Simulation {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final SecureRandom RANDOM = new SecureRandom();
  static final Measurement WORKER = measurement(4);
  static final Measurement MANAGER = measurement(1);

  final SimulatedPlatform platform;
  final SimulatedTee worker;

  Simulation(Path directory) {
    platform = SimulatedPlatform.openOrCreate(directory, NOW, RANDOM);
    worker = platform.tee(WORKER);
  }

  static Measurement measurement(int fill) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) fill);
    return Measurement.of(value);
  }

  static ReportData reportData(int fill) {
    return ReportData.of(Role.WORKER, new byte[] {(byte) fill}, new byte[0], new byte[0]);
  }

  Policy policy() {
    return policy(platform.root());
  }

  static Policy policy(Bytes32... roots) {
    return Policy.simulated(
        "test", Set.of(roots), Map.of(Role.WORKER, Set.of(WORKER), Role.MANAGER, Set.of(MANAGER)));
  }

  static Verdict verify(Evidence evidence, Policy policy, Expected expected) {
    return verify(evidence, policy, expected, TimeInterval.at(NOW));
  }

  static Verdict verify(Evidence evidence, Policy policy, Expected expected, TimeInterval time) {
    return new Verifier().verify(evidence, Collateral.none(), time, policy, expected);
  }
}
