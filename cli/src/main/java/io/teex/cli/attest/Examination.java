package io.teex.cli.attest;

import io.teex.attestation.Check;
import io.teex.attestation.Claims;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.TrustVector;
import io.teex.attestation.Verdict;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier said about evidence.
 *
 * @param kind null if it is no evidence of a known kind
 * @param claims null if it could not be read
 * @param certificate what it was found in; null if it was bare
 * @param boundTo what of the certificate it vouches for, in words
 */
record Examination(
    @Nullable TeeKind kind,
    @Nullable Claims claims,
    List<Check> checks,
    boolean accepted,
    List<String> codes,
    ErrorCode errorCode,
    @Nullable TrustVector trust,
    TimeInterval time,
    Policy policy,
    @Nullable CertificateEvidence certificate,
    Optional<String> boundTo) {

  static Examination of(Evidence evidence, Verdict verdict, Policy policy) {
    return of(evidence, verdict, policy, null, Optional.empty());
  }

  /** Of evidence in a certificate, which has been judged as well. */
  static Examination of(CertificateEvidence certificate, Verdict verdict, Policy policy) {
    return of(certificate.evidence(), verdict, policy, certificate, certificate.boundTo(verdict));
  }

  private static Examination of(
      Evidence evidence,
      Verdict verdict,
      Policy policy,
      @Nullable CertificateEvidence certificate,
      Optional<String> boundTo) {
    return new Examination(
        evidence.kind(),
        verdict.claims().orElse(null),
        verdict.checks(),
        verdict.accepted(),
        verdict.codes(),
        verdict.errorCode(),
        TrustVector.of(verdict),
        verdict.basis().time(),
        policy,
        certificate,
        boundTo);
  }

  /** Of a file that is no evidence at all. */
  static Examination unreadable(String why, TimeInterval time, Policy policy) {
    Check check = new Check.Failed("format", Reason.MALFORMED, why);
    return new Examination(
        null,
        null,
        List.of(check),
        false,
        List.of(Reason.MALFORMED.code()),
        ErrorCode.ATTESTATION_REFUSED,
        null,
        time,
        policy,
        null,
        Optional.empty());
  }

  boolean simulated() {
    return kind == TeeKind.SIMULATED;
  }

  /** Whether it was judged by what holds where no policy is named. */
  boolean strict() {
    return policy.equals(Policy.strict());
  }

  /** Whether the platform's maker said how current it is. */
  boolean hasTcbStatus() {
    return claims != null && claims.tcbStatus() != TcbStatus.UNKNOWN;
  }

  Map<String, Object> json() {
    String verdict = accepted ? "accept" : "reject";
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind == null ? null : Names.code(kind));
    json.put("simulated", simulated());
    if (certificate != null) {
      json.put("certificate", certificate.json(boundTo));
    }
    json.put("measurement", claims == null ? null : claims.measurement().value().toHex());
    json.put("fields", claims == null ? null : claims.fields());
    json.put("tcb_status", hasTcbStatus() ? tcb().tcbStatus().label() : null);
    json.put("advisory_ids", hasTcbStatus() ? tcb().tcb().advisories() : null);
    json.put("tcb_evaluation_number", claims == null ? null : claims.tcb().evaluationNumber());
    json.put("verdict", verdict);
    if (strict()) {
      json.put("strict_verdict", verdict);
    }
    json.put("reject_reasons", codes);
    json.put("checks", checks.stream().map(Examination::json).toList());
    json.put("trust_tier", trust == null ? null : trust.tier());
    json.put("trust_vector", trust == null ? null : trust.toMap());
    json.put("time", time.latest().toString());
    json.put("policy", policy.name());
    json.put("policy_id", policy.id().value().toHex());
    json.put("labels", simulated() ? List.of("SIMULATED") : List.of());
    return json;
  }

  private Claims tcb() {
    return Objects.requireNonNull(claims);
  }

  private static Map<String, Object> json(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", check.name());
    json.put("passed", check.passed());
    if (check instanceof Check.Failed failed) {
      json.put("reason", failed.reason().code());
      json.put("detail", failed.detail());
    }
    return json;
  }

  /** The reasons that have something to be done about, in their order. */
  List<Reason> reasons() {
    List<Reason> reasons = new ArrayList<>();
    for (Check check : checks) {
      check.failure().filter(reason -> !reasons.contains(reason)).ifPresent(reasons::add);
    }
    return reasons;
  }
}
