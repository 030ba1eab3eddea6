package io.teex.cli.attest;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.cli.Output;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code teex attest show}: what stands in it, believed or not. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows what stands in evidence, bare or in a certificate, without judging whether any of it"
            + " is true.",
    footer = {"", "Example: ./teex attest show quote.bin --json"})
final class ShowCommand implements Callable<Integer> {
  private static final List<String> LABELS = List.of("NOT VERIFIED");
  private static final List<String> LABELS_SIMULATED = List.of("NOT VERIFIED", "SIMULATED");

  @Parameters(
      paramLabel = "FILE",
      description = "The evidence, or a certificate with it; its kind is recognised.")
  private Path file;

  @Mixin private Output output;

  @Override
  public Integer call() {
    CertificateEvidence certificate = null;
    Evidence evidence =
        switch (EvidenceFile.read(file)) {
          case EvidenceFile.Bare(Evidence bare) -> bare;
          case EvidenceFile.InCertificate(CertificateEvidence found) -> {
            certificate = found;
            yield found.evidence();
          }
          case EvidenceFile.Unreadable(String why) ->
              throw new TeexException(ErrorCode.MALFORMED, "%s: %s".formatted(file, why));
        };
    // The verifier is the one reader of evidence; what it thinks of this is left out.
    Verdict verdict =
        new Verifier()
            .appraise(evidence, Collateral.none(), TimeInterval.at(Instant.now()), Policy.strict());
    Claims claims =
        verdict
            .claims()
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.MALFORMED,
                    "%s looks like %s, but cannot be read: %s"
                        .formatted(file, Names.words(evidence.kind()), verdict.explanation())));
    List<String> labels = evidence.kind() == TeeKind.SIMULATED ? LABELS_SIMULATED : LABELS;
    Map<String, Object> json = json(evidence, claims, labels);
    String words = words(evidence, claims, labels);
    if (certificate != null) {
      Optional<String> boundTo = certificate.boundTo(verdict);
      json.put("certificate", certificate.json(boundTo));
      words =
          "%s is %s, about %s.%n%s"
              .formatted(
                  file.getFileName(),
                  certificate.words(),
                  boundTo.orElse("another key or purpose than the certificate's"),
                  words.replaceFirst(Pattern.quote(file.getFileName() + " is "), "In it is "));
    }
    output.result(json, words);
    return 0;
  }

  private static Map<String, Object> json(Evidence evidence, Claims claims, List<String> labels) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", Names.code(evidence.kind()));
    json.put("measurement", claims.measurement().value().toHex());
    json.put("fields", claims.fields());
    json.put("bytes", evidence.bytes().size());
    json.put("labels", labels);
    return json;
  }

  private String words(Evidence evidence, Claims claims, List<String> labels) {
    StringBuilder words = new StringBuilder();
    words.append(
        "%s is %s of %,d bytes. %s: anybody could have written this."
            .formatted(
                file.getFileName(),
                Names.words(evidence.kind()),
                evidence.bytes().size(),
                String.join(", ", labels)));
    Map<String, Object> fields = new LinkedHashMap<>();
    claims.fields().forEach((name, value) -> flatten(name, value, fields));
    fields.put("measurement in TEEX", claims.measurement().value().toHex());
    int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
    fields.forEach((name, value) ->
        words.append("\n  %s%s  %s".formatted(name, " ".repeat(width - name.length()), value)));
    return words.toString();
  }

  private static void flatten(String name, Object value, Map<String, Object> fields) {
    if (value instanceof Map<?, ?> inner) {
      inner.forEach((key, held) -> fields.put(name + "." + key, held));
    } else {
      fields.put(name, value);
    }
  }
}
