package io.teex.cli.attest;

import io.teex.attestation.Policy;
import io.teex.attestation.PolicyFinding;
import io.teex.attestation.PolicyLint;
import io.teex.cli.Output;
import io.teex.protocol.ErrorCode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex attest policy}: is it what its author means? */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Checks policy files.",
    synopsisSubcommandLabel = "(lint)",
    footer = {"", "Example: ./teex attest policy lint policy.json"})
final class PolicyCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: lint");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Says what a policy lets in that its author can hardly mean.",
        "It ends with 2 if there is an error; nodes refuse such a policy."
      },
      footer = {"", "Example: ./teex attest policy lint policy.json --json"})
  int lint(
      @Parameters(paramLabel = "FILE", description = "The policy.") Path file,
      @Mixin Output output) {
    Policy policy = Policy.readUnjudged(file);
    List<PolicyFinding> findings = PolicyLint.check(policy);
    long errors = findings.stream().filter(PolicyFinding::isError).count();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("policy", policy.name());
    json.put("policy_id", policy.id().value().toHex());
    json.put("errors", errors);
    json.put("warnings", findings.size() - errors);
    json.put("findings", findings.stream().map(PolicyCommand::json).toList());
    output.result(json, words(policy, findings, errors));
    return errors == 0 ? 0 : ErrorCode.USAGE.exitCode();
  }

  private static Map<String, Object> json(PolicyFinding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("severity", severity(finding));
    json.put("key", finding.key());
    json.put("why", finding.why());
    json.put("advice", finding.advice());
    return json;
  }

  private static String words(Policy policy, List<PolicyFinding> findings, long errors) {
    String found =
        findings.stream()
            .map(finding ->
                "  %s  %s: %s%n           %s%n"
                    .formatted(
                        finding.isError() ? "ERROR  " : "warning",
                        finding.key(),
                        finding.why(),
                        finding.advice()))
            .collect(Collectors.joining());
    return "Policy \"%s\" (%s…)%n%s%d errors, %d warnings"
        .formatted(
            policy.name(),
            policy.id().value().toHex().substring(0, 16),
            found,
            errors,
            findings.size() - errors);
  }

  private static String severity(PolicyFinding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }
}
