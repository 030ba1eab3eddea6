package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Verdict;
import io.teex.attestation.testing.Json;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class IntelVectorsTest {
  /** Whatever evidence without a time of its own is judged at. */
  private static final Instant ANY_TIME = Instant.parse("2025-01-01T00:00:00Z");

  record Evaluation(VectorCase vector, int number, Map<String, Object> expected) {
    @Override
    public String toString() {
      return "%s at %s with %s".formatted(vector, expected.get("time"), expected.get("collateral"));
    }
  }

  static List<Evaluation> evaluations() {
    List<Evaluation> evaluations = new ArrayList<>();
    for (VectorCase vector : IntelVectors.all()) {
      List<?> of = Json.list(vector.expected().get("evaluations"));
      for (int i = 0; i < of.size(); i++) {
        evaluations.add(new Evaluation(vector, i, Json.object(of.get(i))));
      }
    }
    return evaluations;
  }

  @ParameterizedTest
  @MethodSource("evaluations")
  void agreesWithWhatIsKnownAboutGenuineEvidence(Evaluation evaluation) {
    VectorCase vector = evaluation.vector();
    Map<String, Object> expected = evaluation.expected();

    Verdict verdict = verdict(evaluation);

    assertThat(verdict.accepted()).isEqualTo("accept".equals(expected.get("strict_verdict")));
    assertThat(verdict.codes()).isEqualTo(expected.get("reject_reasons"));
    Claims claims = verdict.claims().orElseThrow();
    assertThat(claims.kind()).isEqualTo(IntelVectors.kind(vector));
    assertThat(claims.fields()).containsAllEntriesOf(vector.expected("fields"));
    for (String key :
        List.of(
            "quote_version",
            "trailing_bytes_after_signature_data",
            "certification_data_type",
            "qe_report",
            "pck")) {
      assertThat(claims.fields().get(key)).as(key).isEqualTo(vector.expected().get(key));
    }
    assertThat(claims.platformId().toHex())
        .isEqualTo(vector.expected().containsKey("pck") ? vector.expected("pck").get("ppid") : "");
  }

  @ParameterizedTest
  @MethodSource("evaluations")
  void findsTheLevelsOfGenuinePlatforms(Evaluation evaluation) {
    Map<String, Object> expected = evaluation.expected();

    Claims claims = verdict(evaluation).claims().orElseThrow();

    assertThat(claims.tcbStatus().label())
        .isEqualTo(Objects.requireNonNullElse(expected.get("tcb_status"), "Unknown"));
    if (expected.containsKey("signatures") && expected.get("time") != null) {
      Map<String, Object> facts = Json.object(claims.fields().get("evaluation"));
      for (String key :
          List.of(
              "tcb_status",
              "advisory_ids",
              "platform_status",
              "tdx_module",
              "qe_status",
              "tcb_evaluation_number",
              "valid_from",
              "valid_to")) {
        assertThat(facts.get(key)).as(key).isEqualTo(expected.get(key));
      }
      assertThat(claims.tcb().evaluationNumber()).isEqualTo(expected.get("tcb_evaluation_number"));
      assertThat(List.copyOf(claims.tcb().advisories()))
          .isEqualTo(Objects.requireNonNullElse(expected.get("advisory_ids"), List.of()));
    } else {
      assertThat(claims.tcb().advisories()).isEmpty();
      assertThat(claims.fields()).doesNotContainKey("evaluation");
    }
  }

  /** So that the tests above cannot pass because they saw nothing. */
  @Test
  void theGenuineEvidenceIsOfEveryKindThatMatters() {
    List<Evaluation> evaluations = evaluations();

    assertThat(evaluations).hasSizeGreaterThan(40);
    assertThat(evaluations)
        .extracting(evaluation ->
            "%s %s"
                .formatted(
                    evaluation.vector().expected().get("kind"),
                    evaluation.vector().expected().get("quote_version")))
        .contains("sgx 3", "tdx 4", "tdx 5");
    assertThat(
            evaluations.stream()
                .flatMap(
                    evaluation -> Json.list(evaluation.expected().get("reject_reasons")).stream())
                .map(Object::toString)
                .collect(Collectors.toSet()))
        .contains(
            "collateral-expired",
            "collateral-not-yet-valid",
            "debug-enabled",
            "tcb-level-not-found",
            "tcb-status:OutOfDate",
            "tcb-status:SWHardeningNeeded",
            "unsupported-certification-data");
    assertThat(evaluations).anyMatch(e -> "accept".equals(e.expected().get("strict_verdict")));
    assertThat(verdict(evaluations.getFirst()).checks())
        .extracting(check -> check.name())
        .contains("quote-signature", "qe-signature", "qe-binding", "pck-chain", "tcb-level");
  }

  @Test
  void onlyKnownLevelsAreNamed() {
    for (Evaluation evaluation : evaluations()) {
      Claims claims = verdict(evaluation).claims().orElseThrow();
      assertThat(claims.tcbStatus() == TcbStatus.UNKNOWN)
          .isEqualTo(evaluation.expected().get("tcb_status") == null);
    }
  }

  private static Verdict verdict(Evaluation evaluation) {
    @Nullable Object file = evaluation.expected().get("collateral");
    @Nullable Object time = evaluation.expected().get("time");
    return IntelVectors.appraise(
        IntelVectors.evidence(evaluation.vector()),
        file == null
            ? Collateral.none()
            : IntelVectors.collateral(evaluation.vector(), file.toString()),
        time == null ? ANY_TIME : Instant.parse(time.toString()));
  }
}
