package io.teex.attestation;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.Signature;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file form of a {@link Decision}: one JSON object, bytes in Base64. The signature is over the
 * canonical text of everything else but {@code decider}, which it names.
 */
final class DecisionFile {
  private static final String WHAT = "decision";
  private static final int VERSION = 1;
  private static final String EAR_PROFILE = "tag:github.com,2023:veraison/ear";

  private DecisionFile() {}

  static String write(Decision.Recorded recorded) {
    Map<String, Object> file = tree(recorded.decision());
    file.put("decider", recorded.decider().toString());
    file.put("signature", recorded.signature().bytes().toHex());
    return Json.write(file) + "\n";
  }

  /** What is signed. */
  static Map<String, Object> tree(Decision decision) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("version", (long) VERSION);
    file.put("time", time(decision.time()));
    file.put("expected", expected(decision.expected()));
    file.put("verdict", verdict(decision.outcome()));
    file.put("ear", ear(decision));
    file.put("policy", Json.parse(decision.policy(), "policy", ErrorCode.USAGE).values());
    file.put("evidence", evidence(decision.evidence()));
    Map<String, Object> documents = new TreeMap<>();
    decision
        .collateral()
        .documents()
        .forEach((name, document) -> documents.put(name, base64(document)));
    file.put("collateral", documents);
    return file;
  }

  private static Map<String, Object> time(TimeInterval time) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("earliest", time.earliest().toString());
    written.put("latest", time.latest().toString());
    return written;
  }

  private static Map<String, Object> expected(Expected expected) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("role", PolicyFile.key(expected.role()));
    written.put("reportData", expected.reportData().value().toHex());
    return written;
  }

  private static Map<String, Object> evidence(Evidence evidence) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("kind", PolicyFile.key(evidence.kind()));
    written.put("bytes", base64(evidence.bytes()));
    return written;
  }

  private static Map<String, Object> verdict(Decision.Outcome outcome) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("accepted", outcome.accepted());
    written.put("reasons", outcome.codes());
    written.put("checks", outcome.checks().stream().map(DecisionFile::check).toList());
    return written;
  }

  private static Map<String, Object> check(Check check) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("name", check.name());
    if (check instanceof Check.Failed failed) {
      written.put("reason", failed.reason().code());
      written.put("detail", failed.detail());
    }
    return written;
  }

  /**
   * The fields of an attestation result that other verifiers write too.
   *
   * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-rats-ear/">draft-ietf-rats-ear</a>
   */
  private static Map<String, Object> ear(Decision decision) {
    Map<String, Object> appraisal = new LinkedHashMap<>();
    appraisal.put("ear.status", decision.outcome().trust().tier());
    appraisal.put("ear.trustworthiness-vector", decision.outcome().trust().toMap());
    appraisal.put("ear.appraisal-policy-id", Policy.parse(decision.policy()).id().value().toHex());
    Map<String, Object> verifier = new LinkedHashMap<>();
    verifier.put("developer", "TEEX");
    verifier.put("build", "decision-" + VERSION);
    Map<String, Object> ear = new LinkedHashMap<>();
    ear.put("eat_profile", EAR_PROFILE);
    ear.put("iat", decision.time().latest().getEpochSecond());
    ear.put("ear.verifier-id", verifier);
    ear.put("submods", Map.of(PolicyFile.key(decision.evidence().kind()), appraisal));
    return ear;
  }

  static Decision.Recorded parse(String json) {
    JsonObject file = Json.parse(json, WHAT, ErrorCode.MALFORMED);
    if (file.number("version", Integer.MAX_VALUE) != VERSION) {
      throw file.wrong("version is %s, expected %d".formatted(file.take("version"), VERSION));
    }
    Decision decision =
        new Decision(
            evidence(file.object("evidence")),
            collateral(file.object("collateral")),
            time(file.object("time")),
            Json.write(file.object("policy").values()) + "\n",
            expected(file.object("expected")),
            outcome(file));
    Signature signature = new Signature(file.hex("signature", Signature.SIZE));
    Address decider = decider(file);
    file.take("ear");
    file.end();
    Decision.Recorded recorded = new Decision.Recorded(decision, signature);
    Map<String, Object> signed = new TreeMap<>(file.values());
    signed.keySet().removeAll(List.of("decider", "signature"));
    // Everything that a person may read here is signed, what could be computed as well.
    if (!Json.canonical(signed).equals(Json.canonical(tree(decision)))
        || !recorded.decider().equals(decider)) {
      throw new TeexException(
          ErrorCode.SIGNATURE_INVALID,
          "decision: it was changed, or %s did not sign it".formatted(decider));
    }
    return recorded;
  }

  private static Address decider(JsonObject file) {
    try {
      return Address.fromHex(file.text("decider"));
    } catch (IllegalArgumentException e) {
      throw file.wrong("decider is no address: %s".formatted(e.getMessage()));
    }
  }

  private static Evidence evidence(JsonObject in) {
    TeeKind kind = PolicyFile.kind(in, in.at("kind"), in.text("kind"));
    Bytes bytes = base64(in, "bytes");
    in.end();
    if (bytes.size() > Evidence.SIZE_MAX) {
      throw in.wrong("%s is longer than any evidence".formatted(in.at("bytes")));
    }
    return new Evidence(kind, bytes);
  }

  private static Collateral collateral(JsonObject in) {
    Map<String, Bytes> documents = new TreeMap<>();
    for (String name : in.keys()) {
      documents.put(name, base64(in, name));
    }
    try {
      return new Collateral(documents);
    } catch (IllegalArgumentException e) {
      throw in.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static TimeInterval time(JsonObject in) {
    try {
      TimeInterval time =
          new TimeInterval(Instant.parse(in.text("earliest")), Instant.parse(in.text("latest")));
      in.end();
      return time;
    } catch (DateTimeException | IllegalArgumentException e) {
      throw in.wrong("time: " + e.getMessage());
    }
  }

  private static Expected expected(JsonObject in) {
    Role role = PolicyFile.role(in, in.text("role"));
    ReportData reportData = new ReportData(in.hex("reportData", ReportData.SIZE));
    in.end();
    return new Expected(reportData, role);
  }

  private static Decision.Outcome outcome(JsonObject file) {
    JsonObject in = file.object("verdict");
    List<Check> checks = new ArrayList<>();
    for (Object element : in.list("checks")) {
      checks.add(check(in.object("checks[%d]".formatted(checks.size()), element)));
    }
    Decision.Outcome outcome =
        new Decision.Outcome(in.flag("accepted"), in.texts("reasons"), checks, trust(file));
    in.end();
    return outcome;
  }

  private static Check check(JsonObject in) {
    String name = in.text("name");
    Check check =
        in.has("reason")
            ? new Check.Failed(name, reason(in), in.text("detail"))
            : new Check.Passed(name);
    in.end();
    return check;
  }

  private static Reason reason(JsonObject in) {
    String code = in.text("reason");
    for (Reason reason : Reason.values()) {
      if (reason.code().equals(code)) {
        return reason;
      }
    }
    throw in.wrong("%s: unknown reason %s".formatted(in.at("reason"), code));
  }

  private static TrustVector trust(JsonObject file) {
    JsonObject submods = file.object("ear").object("submods");
    if (submods.keys().size() != 1) {
      throw file.wrong("ear.submods must have one member");
    }
    JsonObject in =
        submods.object(submods.keys().iterator().next()).object("ear.trustworthiness-vector");
    return new TrustVector(
        (int) in.number("instance-identity", 127),
        (int) in.number("configuration", 127),
        (int) in.number("executables", 127),
        (int) in.number("hardware", 127));
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.copy());
  }

  private static Bytes base64(JsonObject in, String key) {
    try {
      return Bytes.of(Base64.getDecoder().decode(in.text(key)));
    } catch (IllegalArgumentException e) {
      throw in.wrong("%s is not Base64".formatted(in.at(key)));
    }
  }
}
