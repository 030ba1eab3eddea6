package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Collateral;
import io.teex.attestation.Decision;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.SimulatedTee;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verifier;
import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AttestCommandTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String HELLO = "48656c6c6f";

  @TempDir private Path directory;
  private Path quote;
  private Path policyFile;
  private Policy policy;
  private SimulatedTee tee;

  @BeforeEach
  void start() throws IOException {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), Instant.now(), RANDOM);
    Measurement measurement = Measurement.of(new byte[Measurement.SIZE]);
    tee = platform.tee(measurement);
    policy =
        Policy.simulated("dev", Set.of(platform.root()), Map.of(Role.WORKER, Set.of(measurement)));
    policyFile = Files.writeString(directory.resolve("policy.json"), policy.toJson());
    quote =
        Files.write(directory.resolve("quote.bin"), tee.evidence(reportData(HELLO)).bytes().copy());
  }

  private static ReportData reportData(String hex) {
    byte[] filled = new byte[ReportData.SIZE];
    Bytes.fromHex(hex).copyTo(filled, 0);
    return new ReportData(Bytes.of(filled));
  }

  private static Cli attest(Object... arguments) {
    return Cli.run(
        Stream.concat(Stream.of("attest"), Arrays.stream(arguments).map(String::valueOf))
            .toArray(String[]::new));
  }

  @Test
  void refusesASimulationWhereNoPolicyNamesIt() {
    Cli said = attest("verify", quote);

    assertThat(said.exitCode()).isEqualTo(4);
    assertThat(said.out())
        .contains("quote.bin is SIMULATED evidence")
        .contains("✗ kind")
        .contains("REFUSED (SIMULATED): kind-not-allowed, untrusted-root")
        .contains("What to do: simulated TEEs protect nothing");
    assertThat(said.err()).startsWith("SIMULATED_REFUSED: ");
  }

  @Test
  void acceptsWhatThePolicyNamesAndSaysAsWhat() {
    Cli said = attest("verify", quote, "--policy", policyFile);

    assertThat(said.exitCode()).isZero();
    assertThat(said.out())
        .contains("may act as   worker")
        .contains("✓ measurement")
        .contains("by the policy \"dev\"")
        .endsWith("ACCEPTED (SIMULATED)\n");
    assertThat(said.err()).isEmpty();
  }

  @Test
  void asksForTheRoleAndTheReportDataThatArePutToIt() {
    assertThat(
            attest(
                    "verify",
                    quote,
                    "--policy",
                    policyFile,
                    "--role",
                    "worker",
                    "--report-data",
                    HELLO)
                .exitCode())
        .isZero();
    assertThat(
            reasons(attest("verify", quote, "--json", "--policy", policyFile, "--role", "manager")))
        .isEqualTo(List.of("role-not-allowed"));
    assertThat(
            reasons(
                attest("verify", quote, "--json", "--policy", policyFile, "--report-data", "00")))
        .isEqualTo(List.of("report-data-mismatch"));
  }

  private static Object reasons(Cli said) {
    assertThat(said.exitCode()).isEqualTo(4);
    return said.json("reject_reasons");
  }

  @Test
  void tellsProgramsAllOfIt() {
    Map<?, ?> json = attest("verify", quote, "--json", "--policy", policyFile).json();

    assertThat(json.get("kind")).isEqualTo("simulated");
    assertThat(json.get("simulated")).isEqualTo(true);
    assertThat(json.get("verdict")).isEqualTo("accept");
    assertThat(json.containsKey("strict_verdict")).isFalse();
    assertThat(json.get("tcb_status")).isEqualTo("Simulated");
    assertThat(json.get("labels")).isEqualTo(List.of("SIMULATED"));
    assertThat(json.get("fields")).asString().contains("debug=false");
    assertThat((List<?>) json.get("checks")).isNotEmpty();
    assertThat(json.get("policy_id")).isEqualTo(policy.id().value().toHex());
    assertThat(attest("verify", quote, "--json").json().get("strict_verdict")).isEqualTo("reject");
  }

  @Test
  void judgesTheTimeThatItIsTold() {
    Cli said =
        attest("verify", quote, "--json", "--policy", policyFile, "--at", "2001-01-01T00:00:00Z");

    assertThat(reasons(said)).isEqualTo(List.of("certificate-expired"));
    assertThat(said.json().get("time")).isEqualTo("2001-01-01T00:00:00Z");
  }

  @Test
  void refusesWhatIsNoEvidence() throws IOException {
    Path file = Files.writeString(directory.resolve("poem.txt"), "roses are red");

    Cli said = attest("verify", file, "--json");

    assertThat(reasons(said)).isEqualTo(List.of("malformed"));
    assertThat(said.json().get("kind")).isNull();
    assertThat(said.json().get("strict_verdict")).isEqualTo("reject");
    assertThat(attest("show", file).exitCode()).isEqualTo(3);
  }

  @Test
  void refusesEvidenceThatIsCutOff() throws IOException {
    byte[] whole = Files.readAllBytes(quote);
    Path file = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));

    assertThat(reasons(attest("verify", file, "--json", "--policy", policyFile)))
        .isEqualTo(List.of("malformed"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify FILE --at yesterday",
        "verify FILE --role user",
        "verify FILE --report-data xyz",
        "verify none.bin",
        "verify FILE --collateral none.json",
        "verify FILE --policy none.json",
        "verify",
        "quote --source simulated",
        "policy lint none.json",
        "policy",
        "replay none.json",
        ""
      })
  void saysWhatIsWrongWithTheCommand(String line) {
    Cli said =
        attest(
            Arrays.stream(line.replace("FILE", quote.toString()).split(" "))
                .filter(word -> !word.isEmpty())
                .toArray());

    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).startsWith("USAGE: ");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void saysWhichTimesAreTaken() {
    assertThat(attest("verify", quote, "--at", "2025-07-04").err())
        .contains("seen '2025-07-04', expected a time such as 2026-03-05T13:00:00Z")
        .doesNotContain("java.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "show", "quote", "policy", "policy lint", "replay"})
  void everyCommandShowsAnExample(String command) {
    Cli said = attest((Object[]) (command + " --help").split(" "));

    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).contains("Example").contains("./teex attest " + command);
  }

  @Test
  void showsWhatStandsThereWithoutBelievingIt() {
    Cli said = attest("show", quote);

    assertThat(said.exitCode()).isZero();
    assertThat(said.out())
        .contains("NOT VERIFIED, SIMULATED")
        .contains("report_data")
        .contains(HELLO);
    assertThat(attest("show", quote, "--json").json().get("labels"))
        .isEqualTo(List.of("NOT VERIFIED", "SIMULATED"));
  }

  @Test
  void makesSimulatedEvidenceOnlyWhereItIsToldTo() {
    Path made = directory.resolve("made.bin");

    Cli said =
        attest(
            "quote",
            "--json",
            "--source",
            "simulated",
            "--platform",
            directory.resolve("platform"),
            "--report-data",
            HELLO,
            "--out",
            made);

    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.json().get("labels")).isEqualTo(List.of("SIMULATED"));
    assertThat(reasons(attest("verify", made, "--json", "--policy", policyFile)))
        .isEqualTo(List.of("measurement-not-allowed"));
  }

  @Test
  void readsAPolicyForItsAuthor() throws IOException {
    Cli development = attest("policy", "lint", policyFile, "--json");

    assertThat(development.exitCode()).isZero();
    assertThat(development.json().get("errors")).isEqualTo(0);
    assertThat(((Map<?, ?>) ((List<?>) development.json("findings")).getFirst()).get("key"))
        .isEqualTo("kinds");

    Path mixed =
        Files.writeString(
            directory.resolve("mixed.json"),
            policy.toJson().replace("[ \"simulated\" ]", "[ \"simulated\", \"nitro\" ]"));
    Cli said = attest("policy", "lint", mixed);

    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.out()).contains("ERROR    kinds: simulated TEEs protect nothing");
    assertThat(attest("verify", quote, "--policy", mixed).err()).contains("policy: ERROR kinds");
  }

  @Test
  void replaysWhatANodeDecided() throws IOException {
    Evidence evidence = tee.evidence(reportData(HELLO));
    Expected expected = new Expected(reportData("00"), Role.WORKER);
    TimeInterval time = TimeInterval.at(Instant.now());
    Decision decision =
        Decision.of(
            evidence,
            Collateral.none(),
            time,
            policy,
            expected,
            new Verifier().verify(evidence, Collateral.none(), time, policy, expected));
    SigningKey key = SigningKey.generate(RANDOM);
    Path file = Files.writeString(directory.resolve("decision.json"), decision.sign(key).toJson());

    Cli said = attest("replay", file, "--json");

    assertThat(said.exitCode()).isZero();
    assertThat(said.json().get("same")).isEqualTo(true);
    assertThat(said.json().get("decider")).isEqualTo(key.address().toString());
    assertThat(attest("replay", file).out())
        .contains("refused: report-data-mismatch")
        .contains("The same verdict.");

    Files.writeString(
        file, Files.readString(file).replace("\"accepted\" : false", "\"accepted\" : true"));
    assertThat(attest("replay", file).err()).startsWith("SIGNATURE_INVALID: ");
  }
}
