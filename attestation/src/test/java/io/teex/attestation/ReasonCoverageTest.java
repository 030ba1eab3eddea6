package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.amd.AmdReasons;
import io.teex.attestation.intel.IntelReasons;
import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Something is refused for every reason: evidence in which one thing is wrong, and that alone. A
 * reason that nothing is refused for would be one that no attack is refused for.
 */
final class ReasonCoverageTest {
  private static final Map<Reason, List<Check>> CASES = new EnumMap<>(Reason.class);

  @TempDir private static Path directory;

  @BeforeAll
  static void refuseForEveryReason() {
    CASES.putAll(IntelReasons.all());
    CASES.putAll(AmdReasons.all());
    policies();
    nonces();
  }

  private static void policies() {
    Simulation simulation = new Simulation(directory.resolve("platform"));
    Evidence evidence = simulation.worker.evidence(Simulation.reportData(1));
    Evidence stranger =
        simulation.platform.tee(Simulation.measurement(9)).evidence(Simulation.reportData(1));
    Policy policy = simulation.policy();
    Policy ofNoKind =
        new Policy(
            "none",
            Set.of(),
            policy.simulatedRoots(),
            Map.of(Role.WORKER, policy.measurements(Role.WORKER)),
            policy.platforms());
    CASES.put(Reason.MEASUREMENT_NOT_ALLOWED, verify(stranger, policy, 1, Role.WORKER));
    CASES.put(Reason.REPORT_DATA_MISMATCH, verify(evidence, policy, 2, Role.WORKER));
    CASES.put(Reason.ROLE_NOT_ALLOWED, verify(evidence, policy, 1, Role.MANAGER));
    CASES.put(Reason.KIND_NOT_ALLOWED, verify(evidence, ofNoKind, 1, Role.WORKER));
  }

  private static List<Check> verify(Evidence evidence, Policy policy, int reportData, Role role) {
    return Simulation.verify(
            evidence, policy, new Expected(Simulation.reportData(reportData), role))
        .checks();
  }

  private static void nonces() {
    TimeInterval late = TimeInterval.at(Simulation.NOW.plusSeconds(61));
    NonceBook book = new NonceBook(Duration.ofMinutes(1), 1, Simulation.RANDOM);
    CASES.put(Reason.NONCE_UNKNOWN, List.of(book.redeem(Bytes.of(new byte[32]), late)));
    CASES.put(Reason.NONCE_EXPIRED, List.of(book.redeem(book.issue(Simulation.NOW), late)));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void somethingIsRefusedForItAlone(Reason reason) {
    List<Check> checks = CASES.getOrDefault(reason, List.of());

    assertThat(checks.stream().flatMap(check -> check.failure().stream()).distinct())
        .as(() -> checks.toString())
        .containsExactly(reason);
  }
}
