package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Genuine evidence through the command that people use, against what is known about it. The vectors
 * are kept outside of the project, where {@code TEEX_VECTORS} says.
 */
final class AttestVectorsTest {
  private static final List<String> EVIDENCE =
      List.of("quote.bin", "report.bin", "attestation.cbor");

  /** Explanations in brackets behind a reason are for people. */
  private static final String EXPLANATION = " \\(.*\\)$";

  @TempDir private Path temporary;

  /** One judgement of one piece of evidence. */
  private record Evaluation(
      Path directory, Map<?, ?> expected, Map<?, ?> verdict, @Nullable String time) {

    String name() {
      return "%s at %s by %s".formatted(directory.getFileName(), time, verdict.get("collateral"));
    }
  }

  @TestFactory
  Stream<DynamicTest> judgesGenuineEvidenceAsItIsKnownToBe() throws IOException {
    String root = System.getenv("TEEX_VECTORS");
    if (root == null || root.isBlank()) {
      // A test of its own, so that reports count it as skipped.
      return Stream.of(
          DynamicTest.dynamicTest(
              "TEEX_VECTORS is not set", () -> assumeTrue(false, "TEEX_VECTORS is not set")));
    }
    List<Evaluation> evaluations = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(root))) {
      for (Path file : files.filter(file -> file.endsWith("expected.json")).sorted().toList()) {
        evaluations.addAll(evaluations(file));
      }
    }
    assertThat(evaluations).isNotEmpty();
    return evaluations.stream()
        .map(evaluation -> DynamicTest.dynamicTest(evaluation.name(), () -> judge(evaluation)));
  }

  @Test
  void acceptsATrustDomainByTheEventsOfItsLogAndNotWithoutIt() throws IOException {
    String root = System.getenv("TEEX_VECTORS");
    assumeTrue(root != null && !root.isBlank(), "TEEX_VECTORS is not set");
    Path directory = Path.of(String.valueOf(root), "tdx/near-mpc-dstack-b0c06f000000");
    Map<?, ?> fields =
        (Map<?, ?>)
            Cli.run("attest", "show", "--json", directory.resolve("quote.bin").toString())
                .json("fields");
    Map<String, Object> rule = new LinkedHashMap<>(Map.of("kind", "tdx"));
    for (String register : List.of("mrtd", "rtmr0", "rtmr1", "rtmr2")) {
      rule.put(register, fields.get(register));
    }
    rule.put(
        "event.compose-hash", "2911e1f733466216dedb862d6d669e11256ee7a34ce4dbc66c4b807ba7a9c895");
    Path policy = policy(rule);
    List<String> arguments =
        List.of(
            "attest",
            "verify",
            directory.resolve("quote.bin").toString(),
            "--json",
            "--collateral",
            directory.resolve("collateral.json").toString(),
            "--at",
            "2026-08-28T05:00:00Z",
            "--policy",
            policy.toString());

    Cli without = Cli.run(arguments.toArray(String[]::new));
    Cli with =
        Cli.run(
            Stream.concat(
                    arguments.stream(),
                    Stream.of("--event-log", directory.resolve("app-tcb-info.json").toString()))
                .toArray(String[]::new));

    assertThat(with.exitCode()).as(with.err()).isZero();
    assertThat(strings(without.json().get("reject_reasons")))
        .containsExactly("measurement-not-allowed");
    assertThat(Cli.run("attest", "policy", "lint", policy.toString()).exitCode()).isZero();
  }

  @Test
  void doesNotCallAReportOutOfDateOfWhichNothingIsProven() {
    String root = System.getenv("TEEX_VECTORS");
    assumeTrue(root != null && !root.isBlank(), "TEEX_VECTORS is not set");
    String report = Path.of(String.valueOf(root), "snp/milan-v5-gcp/report.bin").toString();

    Cli said = Cli.run("attest", "verify", report, "--json");

    assertThat(strings(said.json("reject_reasons"))).containsExactly("collateral-missing");
    assertThat(said.json().get("tcb_status")).isNull();
    assertThat(Cli.run("attest", "verify", report).out()).doesNotContain("OutOfDate");
  }

  private Path policy(Map<String, Object> rule) throws IOException {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("version", 2);
    policy.put("name", "by events");
    policy.put("kinds", List.of("tdx"));
    policy.put("measurements", Map.of("worker", List.of(rule)));
    policy.put(
        "tcb",
        Map.of(
            "statuses",
            List.of("UpToDate"),
            "advisories",
            List.of(),
            "graceDays",
            0,
            "evaluationNumberMin",
            19));
    policy.put(
        "tdx",
        Map.of(
            "septVeDisable",
            true,
            "attributesMax",
            "0000005000000000",
            "xfamMax",
            "e702060000000000",
            "mrSeams",
            List.of(),
            "teeTcbSvnMin",
            "00".repeat(16)));
    return Files.writeString(
        temporary.resolve("policy.json"), JsonMapper.shared().writeValueAsString(policy));
  }

  private static List<Evaluation> evaluations(Path file) throws IOException {
    Map<?, ?> expected = JsonMapper.shared().readValue(Files.readString(file), Map.class);
    Path directory = Objects.requireNonNull(file.getParent());
    if (!(expected.get("evaluations") instanceof List<?> list)) {
      return List.of(
          new Evaluation(
              directory, expected, expected, String.valueOf(expected.get("verify_time"))));
    }
    List<Evaluation> evaluations = new ArrayList<>();
    for (Object each : list) {
      Map<?, ?> verdict = (Map<?, ?>) each;
      evaluations.add(new Evaluation(directory, expected, verdict, (String) verdict.get("time")));
    }
    return evaluations;
  }

  private static void judge(Evaluation evaluation) {
    Cli said = Cli.run(arguments(evaluation).toArray(String[]::new));

    boolean accepted = "accept".equals(evaluation.verdict().get("strict_verdict"));
    assertThat(said.exitCode()).as(said.err()).isEqualTo(accepted ? 0 : 4);
    Map<?, ?> json = said.json();
    assertThat((Object) json.get("kind")).isEqualTo(evaluation.expected().get("kind"));
    assertThat((Object) json.get("strict_verdict"))
        .isEqualTo(evaluation.verdict().get("strict_verdict"));
    assertThat(strings(json.get("reject_reasons")))
        .containsExactlyInAnyOrderElementsOf(
            strings(evaluation.verdict().get("reject_reasons")).stream()
                .map(reason -> reason.replaceFirst(EXPLANATION, ""))
                .toList());
    for (String fact : List.of("tcb_status", "advisory_ids")) {
      if (evaluation.verdict().containsKey(fact)) {
        assertThat((Object) json.get(fact)).as(fact).isEqualTo(evaluation.verdict().get(fact));
      }
    }
    requireFields((Map<?, ?>) json.get("fields"), (Map<?, ?>) evaluation.expected().get("fields"));
  }

  /** Every field that is known, by the same name; those that we tell beside them are ours. */
  private static void requireFields(@Nullable Map<?, ?> seen, @Nullable Map<?, ?> expected) {
    Map<?, ?> present = Objects.requireNonNull(seen);
    Objects.requireNonNull(expected)
        .forEach((name, value) -> {
          if (value instanceof Map<?, ?> inner) {
            requireFields((Map<?, ?>) present.get(name), inner);
          } else if (!"pcrs_note".equals(name)) {
            assertThat((Object) present.get(name)).as("field %s", name).isEqualTo(value);
          }
        });
  }

  private static List<String> arguments(Evaluation evaluation) {
    Path directory = evaluation.directory();
    List<String> arguments = new ArrayList<>(List.of("attest", "verify", "--json"));
    EVIDENCE.stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .forEach(file -> arguments.add(file.toString()));
    if (evaluation.verdict().get("collateral") instanceof String collateral) {
      arguments.addAll(List.of("--collateral", directory.resolve(collateral).toString()));
    }
    if (Files.exists(directory.resolve("vek.der"))) {
      arguments.addAll(List.of("--vek", directory.resolve("vek.der").toString()));
    }
    String time = evaluation.time();
    if (time != null) {
      arguments.addAll(List.of("--at", time));
    }
    return arguments;
  }

  private static List<String> strings(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list)).stream().map(String::valueOf).toList();
  }
}
