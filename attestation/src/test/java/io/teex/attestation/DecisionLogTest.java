package io.teex.attestation;

import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.reportData;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DecisionLogTest {
  @TempDir Path directory;
  private Path kept;
  private Decision.Recorded accepted;
  private Decision.Recorded refused;

  @BeforeEach
  void start() {
    kept = directory.resolve("decisions");
    Simulation simulation = new Simulation(directory.resolve("platform"));
    accepted = decide(simulation, simulation.policy());
    refused = decide(simulation, Policy.refuseAll());
  }

  private static Decision.Recorded decide(Simulation simulation, Policy policy) {
    Evidence evidence = simulation.worker.evidence(reportData(1));
    Expected expected = new Expected(reportData(1), Role.WORKER);
    return Decision.of(
            evidence,
            Collateral.none(),
            TimeInterval.at(NOW),
            policy,
            expected,
            Simulation.verify(evidence, policy, expected))
        .sign(SigningKey.generate(RANDOM));
  }

  @Test
  void keepsDecisionsForTheirOwnerAlone() throws IOException {
    DecisionLog log = DecisionLog.open(kept, DecisionLog.Bounds.DEFAULT);

    Path first = log.append(accepted);
    Path second = log.append(refused);

    assertThat(first.getFileName()).hasToString("0000000000-accepted.json");
    assertThat(second.getFileName()).hasToString("0000000001-refused.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
        .isEqualTo("rw-------");
    assertThat(DecisionLog.read(first)).isEqualTo(accepted);
    assertThat(DecisionLog.read(second)).isEqualTo(refused);
  }

  @Test
  void forgetsTheOldestWhenThereAreTooMany() {
    DecisionLog log = DecisionLog.open(kept, new DecisionLog.Bounds(3, Long.MAX_VALUE));
    for (int i = 0; i < 5; i++) {
      log.append(refused);
    }

    assertThat(log.files())
        .extracting(file -> String.valueOf(file.getFileName()))
        .containsExactly(
            "0000000002-refused.json", "0000000003-refused.json", "0000000004-refused.json");
    assertThat(kept).isDirectoryNotContaining("glob:**0000000001-refused.json");
  }

  @Test
  void forgetsTheOldestWhenTheyTakeTooMuchRoomButNeverTheNewest() {
    DecisionLog log = DecisionLog.open(kept, new DecisionLog.Bounds(100, 1));
    log.append(accepted);
    log.append(refused);

    assertThat(log.files())
        .extracting(file -> String.valueOf(file.getFileName()))
        .containsExactly("0000000001-refused.json");
  }

  @Test
  void continuesAfterARestartAndLeavesOtherFilesAlone() throws IOException {
    DecisionLog.open(kept, DecisionLog.Bounds.DEFAULT).append(accepted);
    Files.writeString(kept.resolve("notes.txt"), "mine");

    DecisionLog again = DecisionLog.open(kept, new DecisionLog.Bounds(1, Long.MAX_VALUE));
    again.append(refused);

    assertThat(again.files())
        .extracting(file -> String.valueOf(file.getFileName()))
        .containsExactly("0000000001-refused.json");
    assertThat(kept.resolve("notes.txt")).exists();
  }

  @Test
  void namesWhatCannotBeRead() throws IOException {
    Path torn = Files.writeString(directory.resolve("torn.json"), "{\"version\" : 1,");

    assertThatThrownBy(() -> DecisionLog.read(torn))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    assertThatThrownBy(() -> DecisionLog.read(directory.resolve("none")))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }
}
