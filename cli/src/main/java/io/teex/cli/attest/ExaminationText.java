package io.teex.cli.attest;

import io.teex.attestation.Check;
import io.teex.attestation.Claims;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An {@link Examination} for a person: what it is, what it runs, each check, and the verdict. */
final class ExaminationText {
  private static final Map<TeeKind, List<String>> WHAT_IT_RUNS =
      Map.of(
          TeeKind.SIMULATED, List.of("measurement"),
          TeeKind.SGX, List.of("mrenclave", "mrsigner", "isvprodid", "isvsvn"),
          TeeKind.TDX, List.of("mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3"),
          TeeKind.SNP, List.of("measurement", "host_data", "vmpl", "guest_svn"),
          TeeKind.NITRO, List.of("pcrs.0", "pcrs.1", "pcrs.2"));

  private final List<String> lines = new ArrayList<>();
  private final Examination seen;

  private ExaminationText(Examination seen) {
    this.seen = seen;
  }

  static String of(Examination seen, String file) {
    ExaminationText text = new ExaminationText(seen);
    text.kind(file);
    Claims claims = seen.claims();
    if (claims != null) {
      text.claims(claims);
    }
    text.checks();
    text.verdict();
    return String.join("\n", text.lines);
  }

  private void kind(String file) {
    TeeKind kind = seen.kind();
    CertificateEvidence certificate = seen.certificate();
    if (kind == null) {
      lines.add("%s is no evidence that is known here.".formatted(file));
    } else if (certificate == null) {
      lines.add("%s is %s.".formatted(file, Names.words(kind)));
    } else {
      lines.add("%s is %s with %s.".formatted(file, certificate.words(), Names.words(kind)));
    }
  }

  private void claims(Claims claims) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (String field : WHAT_IT_RUNS.getOrDefault(claims.kind(), List.of())) {
      claims.field(field).ifPresent(value -> shown.put(field, value));
    }
    shown.put("report data", claims.reportData().value().toHex());
    seen.boundTo().ifPresent(key -> shown.put("vouches for", key));
    if (seen.hasTcbStatus()) {
      shown.put("platform", platform(claims));
    }
    if (!seen.strict()) {
      List<Role> roles = seen.policy().roles(claims);
      shown.put(
          "may act as",
          roles.isEmpty()
              ? "nothing"
              : roles.stream()
                  .map(role -> role.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
    int width = shown.keySet().stream().mapToInt(String::length).max().orElse(0);
    shown.forEach((name, value) -> lines.add("  %s  %s".formatted(padded(name, width), value)));
  }

  private static String platform(Claims claims) {
    String status = claims.tcbStatus().label();
    if (claims.tcb().evaluationNumber() > 0) {
      status += ", by TCB evaluation " + claims.tcb().evaluationNumber();
    }
    return claims.tcb().advisories().isEmpty()
        ? status
        : status + ", with " + String.join(" ", claims.tcb().advisories());
  }

  private void checks() {
    lines.add("");
    int width = seen.checks().stream().mapToInt(check -> check.name().length()).max().orElse(0);
    for (Check check : seen.checks()) {
      lines.add(
          switch (check) {
            case Check.Passed passed -> "  ✓ " + passed.name();
            case Check.Failed failed ->
                "  ✗ %s  %s: %s"
                    .formatted(
                        padded(failed.name(), width), failed.reason().code(), failed.detail());
          });
    }
  }

  private void verdict() {
    lines.add("");
    lines.add(
        "Judged for %s by the policy \"%s\" (%s…)."
            .formatted(
                seen.time().latest(),
                seen.policy().name(),
                seen.policy().id().value().toHex().substring(0, 16)));
    String label = seen.simulated() ? " (SIMULATED)" : "";
    if (seen.accepted()) {
      lines.add("ACCEPTED" + label);
    } else {
      lines.add("REFUSED%s: %s".formatted(label, String.join(", ", seen.codes())));
    }
    TeeKind kind = seen.kind();
    if (kind != null) {
      seen.reasons().stream()
          .flatMap(reason -> Advice.on(reason, kind).stream())
          .distinct()
          .forEach(advice -> lines.add("  What to do: " + advice + "."));
    }
    if (seen.accepted() && seen.strict()) {
      lines.add("  Genuine and current: whether it runs what you want, only a policy can tell.");
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
