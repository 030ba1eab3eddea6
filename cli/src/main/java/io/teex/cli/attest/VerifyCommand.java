package io.teex.cli.attest;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.PolicyFinding;
import io.teex.attestation.PolicyLint;
import io.teex.attestation.Question;
import io.teex.attestation.ReportData;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex attest verify}: is it genuine, and good enough for a policy? */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Verifies evidence of any supported TEE: SGX and TDX quotes, SEV-SNP reports, AWS Nitro"
          + " documents, and the simulated TEE's; bare, or in a certificate in PEM or DER (TEEX's,"
          + " Gramine's, dstack's, IETF CMW), whose own key it has to vouch for.",
      "Without --policy it has to be genuine, not debuggable and up to date, whatever it runs.",
      "It ends with 4 if the evidence is refused."
    },
    footer = {
      "",
      "Examples: ./teex attest verify quote.bin --collateral collateral.json",
      "          ./teex attest verify report.bin --vek vcek.der --policy policy.json --role worker",
      "          ./teex attest verify server.pem --collateral collateral.json"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "The evidence, or a certificate with it; its kind is recognised.")
  private Path file;

  @Mixin private CollateralOptions collateral;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = TimeOption.class,
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
      description =
          "As what the policy has to accept it, and a certificate of TEEX be bound: manager, store,"
              + " dispatcher or worker.")
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
    TimeInterval time =
        TimeInterval.at(at == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : at);
    Examination examination =
        switch (EvidenceFile.read(file)) {
          case EvidenceFile.Bare(Evidence evidence) ->
              examine(evidence, documents, time, policy, expected);
          case EvidenceFile.InCertificate(CertificateEvidence certificate) ->
              examine(certificate, documents, time, policy, expected);
          case EvidenceFile.Unreadable(String why) -> Examination.unreadable(why, time, policy);
        };
    collateral.unused(examination.kind()).forEach(output::step);
    output.result(
        examination.json(), ExaminationText.of(examination, String.valueOf(file.getFileName())));
    return examination.accepted() ? 0 : refused(examination);
  }

  private Examination examine(
      Evidence evidence,
      Collateral documents,
      TimeInterval time,
      Policy policy,
      @Nullable ReportData expected) {
    Question question = new Question(policyFile != null || role != null, role, expected);
    return Examination.of(
        evidence, new Verifier().examine(evidence, documents, time, policy, question), policy);
  }

  private Examination examine(
      CertificateEvidence certificate,
      Collateral documents,
      TimeInterval time,
      Policy policy,
      @Nullable ReportData expected) {
    if (expected != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--report-data is for bare evidence: in a certificate it has to vouch for its key");
    }
    CertificateEvidence bound = role == null ? certificate : certificate.boundAs(role);
    // Where there is no policy, the role that such a certificate is bound to is all that is asked.
    boolean asksPolicy = policyFile != null || (role != null && !certificate.bindsRole());
    Collateral both = certificate.alongside().with(documents);
    Verifier verifier = new Verifier();
    Role asked = asksPolicy ? role : null;
    Verdict verdict =
        verifier.examine(
            bound.evidence(), both, time, policy, new Question(asksPolicy, asked, null));
    Role found = bound.role(verdict).orElse(null);
    if (asksPolicy && asked == null && found != null) {
      // The key speaks in this role, so it is this one that the policy has to allow.
      verdict =
          verifier.examine(bound.evidence(), both, time, policy, new Question(true, found, null));
    }
    return Examination.of(bound, bound.judge(verdict, time), policy);
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
