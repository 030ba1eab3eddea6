package io.teex.attestation;

import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.reportData;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecisionTest {
  private static final SigningKey KEY = SigningKey.generate(RANDOM);

  @TempDir Path directory;
  private Simulation simulation;

  @BeforeEach
  void start() {
    simulation = new Simulation(directory.resolve("platform"));
  }

  private Decision decide(Expected expected, Policy policy) {
    Evidence evidence = simulation.worker.evidence(reportData(1));
    Collateral collateral =
        new Collateral(Map.of(CollateralName.VEK, Bytes.of(new byte[] {1, 2, 3})));
    TimeInterval time = new TimeInterval(NOW, NOW.plusMillis(1));
    Verdict verdict = new Verifier().verify(evidence, collateral, time, policy, expected);
    return Decision.of(evidence, collateral, time, policy, expected, verdict);
  }

  private Decision accepted() {
    return decide(new Expected(reportData(1), Role.WORKER), simulation.policy());
  }

  private Decision refused() {
    return decide(new Expected(reportData(2), Role.WORKER), Policy.refuseAll());
  }

  @Test
  void comesBackFromItsFileAndToTheSameVerdict() {
    for (Decision decision : new Decision[] {accepted(), refused()}) {
      Decision.Recorded recorded = decision.sign(KEY);

      Decision.Recorded again = Decision.Recorded.parse(recorded.toJson());
      Decision.Replay replay = again.decision().replay();

      assertThat(again).isEqualTo(recorded);
      assertThat(again.decider()).isEqualTo(KEY.address());
      assertThat(again.toJson()).isEqualTo(recorded.toJson());
      assertThat(replay.same()).isTrue();
      assertThat(replay.verdict().accepted()).isEqualTo(decision.outcome().accepted());
    }
  }

  @Test
  void replayTellsAVerdictThatTheInputsDoNotLeadTo() {
    Decision refused = refused();
    Decision lie =
        new Decision(
            refused.evidence(),
            refused.collateral(),
            refused.time(),
            refused.policy(),
            refused.expected(),
            accepted().outcome());

    Decision.Replay replay = Decision.Recorded.parse(lie.sign(KEY).toJson()).decision().replay();

    assertThat(replay.same()).isFalse();
    assertThat(replay.verdict().reasons()).contains(Reason.KIND_NOT_ALLOWED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"accepted\" : true | \"accepted\" : false",
        "\"earliest\" : \"2026 | \"earliest\" : \"2025",
        "\"role\" : \"worker\" | \"role\" : \"manager\"",
        "\"name\" : \"test\" | \"name\" : \"tesu\"",
        "\"vek\" : \"AQID\" | \"vek\" : \"AQIE\"",
        "\"executables\" : 2 | \"executables\" : 33",
        "\"ear.status\" : \"contraindicated\" | \"ear.status\" : \"affirming\"",
        "\"ear.status\" : \"contraindicated\" | \"ear.stat\" : \"affirming\"",
      },
      quoteCharacter = '~')
  void everyWordOfItIsSigned(String from, String to) {
    String json = accepted().sign(KEY).toJson();

    assertThat(json).contains(from);
    assertThatThrownBy(() -> Decision.Recorded.parse(json.replace(from, to)))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }

  @Test
  void refusesAnotherDeciderThanTheOneWhoSigned() {
    String json = accepted().sign(KEY).toJson();
    String other = SigningKey.generate(RANDOM).address().toString();

    assertThatThrownBy(() -> Decision.Recorded.parse(json.replace(KEY.address().toString(), other)))
        .hasMessageContaining(other + " did not sign it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\" : 1, | \"version\" : 2, | version is 2",
        "\"decider\" | \"decided\" | key decider is missing",
        "\"decider\" : \"0x | \"decider\" : \"0y | decider is no address",
        "\"decider\" : \"0x | \"decider\" : \"0x00 | decider is no address: expected 20 bytes",
        "\"vek\" : \"AQID\" | \"vek\" : \"?\" | collateral.vek is not Base64",
        "\"role\" : \"worker\" | \"role\" : \"user\" | expected.role: unknown role user",
        "\"latest\" : \"2026 | \"latest\" : \"2O26 | time",
        "\"name\" : \"kind\" | \"name\" : \"kind\", \"outcome\" : \"x\" | unknown key verdict.checks[0].outcome",
        "\"name\" : \"kind\" | \"name\" : \"kind\", \"reason\" : \"mood\" | verdict.checks[0].reason: unknown reason mood",
      },
      quoteCharacter = '~')
  void namesWhatCannotBeRead(String from, String to, String message) {
    String json = accepted().sign(KEY).toJson();

    assertThat(json).contains(from);
    assertThatThrownBy(() -> Decision.Recorded.parse(json.replaceFirst(from, to)))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED))
        .hasMessageContaining(message);
  }

  @Test
  void namesItsResultAsOtherVerifiersDo() {
    String json = refused().sign(KEY).toJson();

    assertThat(json)
        .contains("\"eat_profile\" : \"tag:github.com,2023:veraison/ear\"")
        .contains("\"ear.status\" : \"contraindicated\"")
        .contains("\"instance-identity\" : 96")
        .contains("\"executables\" : 33")
        .contains("\"hardware\" : 97");
  }
}
