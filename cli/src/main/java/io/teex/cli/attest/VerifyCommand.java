package io.teex.cli.attest;

import io.teex.attestation.Collateral;
import io.teex.attestation.Policy;
import io.teex.attestation.PolicyFinding;
import io.teex.attestation.PolicyLint;
import io.teex.attestation.Question;
import io.teex.attestation.ReportData;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verifier;
import io.teex.cli.Output;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex attest verify}: is it genuine, and good enough for a policy? */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Verifies evidence of any supported TEE: SGX and TDX quotes, SEV-SNP reports, AWS Nitro"
          + " documents, and the simulated TEE's.",
      "Without --policy it has to be genuine, not debuggable and up to date, whatever it runs.",
      "It ends with 4 if the evidence is refused."
    },
    footer = {
      "",
      "Examples: ./teex attest verify quote.bin --collateral collateral.json",
      "          ./teex attest verify report.bin --vek vcek.der --policy policy.json --role worker"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The evidence; its kind is recognised.")
  private Path file;

  @Mixin private CollateralOptions collateral;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "When it has to hold, such as 2026-03-05T13:00:00Z (default: now).")
  private @Nullable Instant at;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "What is accepted (default: genuine, not debuggable, up to date).")
  private @Nullable Path policyFile;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "As what the policy has to accept it: manager, store, dispatcher or worker.")
  private @Nullable Role role;

  @Option(
      names = "--report-data",
      paramLabel = "HEX",
      description = "The 64 bytes that it has to vouch for (default: any).")
  private @Nullable String reportData;

  @Mixin private Output output;

  @Override
  public Integer call() {
    Policy policy = policyFile == null ? Policy.strict() : policy(policyFile, output);
    Collateral documents = collateral.read();
    ReportData expected = reportData == null ? null : HexOption.reportData(reportData);
    Question question = new Question(policyFile != null || role != null, role, expected);
    TimeInterval time =
        TimeInterval.at(at == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : at);
    Examination examination =
        EvidenceFile.read(file)
            .map(evidence ->
                Examination.of(
                    evidence,
                    new Verifier().examine(evidence, documents, time, policy, question),
                    policy))
            .orElseGet(() -> Examination.unreadable(time, policy));
    output.result(
        examination.json(), ExaminationText.of(examination, String.valueOf(file.getFileName())));
    return examination.accepted() ? 0 : refused(examination);
  }

  private int refused(Examination examination) {
    spec.commandLine()
        .getErr()
        .println(
            "%s: %s: %s"
                .formatted(examination.errorCode(), file, String.join(", ", examination.codes())));
    return examination.errorCode().exitCode();
  }

  /** A policy that accepts anything is no reason not to look; its author should know. */
  private static Policy policy(Path file, Output output) {
    Policy policy = Policy.readUnjudged(file);
    PolicyLint.check(policy).stream()
        .filter(PolicyFinding::isError)
        .forEach(finding -> output.step("policy: " + finding));
    return policy;
  }
}
