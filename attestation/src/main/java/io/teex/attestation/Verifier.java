package io.teex.attestation;

import io.teex.attestation.amd.SnpAppraiser;
import io.teex.attestation.intel.IntelAppraiser;
import io.teex.attestation.nitro.NitroAppraiser;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether evidence is genuine and its TEE acceptable. A pure function of its arguments,
 * total over any bytes: what cannot be read is refused as {@link Reason#MALFORMED}, and no input
 * makes it throw or take more than a few milliseconds. Safe for use by several threads.
 */
public final class Verifier {
  private static final Map<TeeKind, Appraiser> APPRAISERS =
      Map.of(
          TeeKind.SIMULATED, new SimulatedAppraiser(),
          TeeKind.SGX, new IntelAppraiser(TeeKind.SGX),
          TeeKind.TDX, new IntelAppraiser(TeeKind.TDX),
          TeeKind.SNP, new SnpAppraiser(),
          TeeKind.NITRO, new NitroAppraiser());

  /**
   * Judges evidence. Cheap structural checks come first; after them every policy check is made, so
   * that the verdict names all that is wrong and not only the first thing.
   */
  public Verdict verify(
      Evidence evidence,
      Collateral collateral,
      TimeInterval time,
      Policy policy,
      Expected expected) {
    return examine(evidence, collateral, time, policy, Question.of(expected));
  }

  /**
   * Judges evidence by as much as the question asks, for a person who looks at it. Less than {@link
   * #verify} is never enough to trust a peer.
   */
  public Verdict examine(
      Evidence evidence,
      Collateral collateral,
      TimeInterval time,
      Policy policy,
      Question question) {
    Checks checks = new Checks();
    checks.require(
        policy.accepts(evidence.kind()),
        "kind",
        Reason.KIND_NOT_ALLOWED,
        () -> "policy %s does not accept %s evidence".formatted(policy.name(), evidence.kind()));
    Optional<Claims> claims = appraise(evidence, collateral, time, policy, checks);
    claims.ifPresent(known -> judge(known, policy, question, checks));
    return new Verdict(
        claims.orElse(null),
        checks.answers(),
        new Verdict.Basis(time, policy.id(), collateral.id()));
  }

  /** Judges only whether evidence is genuine and its platform acceptable. */
  public Verdict appraise(
      Evidence evidence, Collateral collateral, TimeInterval time, Policy policy) {
    return examine(evidence, collateral, time, policy, Question.PLATFORM);
  }

  private static Optional<Claims> appraise(
      Evidence evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    Appraiser appraiser = APPRAISERS.get(evidence.kind());
    if (appraiser == null) {
      checks.fail(
          "format", Reason.UNSUPPORTED_VERSION, "no verifier for " + evidence.kind() + " evidence");
      return Optional.empty();
    }
    try {
      return appraiser.appraise(evidence.bytes(), collateral, time, policy, checks);
    } catch (RuntimeException e) {
      // Fail closed: a parser that meets what its author did not think of has not verified it.
      checks.fail("format", Reason.MALFORMED, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static void judge(Claims claims, Policy policy, Question question, Checks checks) {
    if (question.measurement()) {
      judge(claims, policy, question.role(), checks);
    }
    ReportData expected = question.reportData();
    if (expected != null) {
      checks.require(
          claims.reportData().sameAs(expected),
          "report-data",
          Reason.REPORT_DATA_MISMATCH,
          () -> "the evidence vouches for another role, key, nonce or session");
    }
  }

  private static void judge(Claims claims, Policy policy, @Nullable Role role, Checks checks) {
    boolean known =
        checks.require(
            policy.isKnown(claims),
            "measurement",
            Reason.MEASUREMENT_NOT_ALLOWED,
            () ->
                "measurement %s is not one of those in policy %s: run what it names, or have it name this"
                    .formatted(claims.measurement(), policy.name()));
    if (known && role != null) {
      checks.require(
          policy.mayAct(claims, role),
          "role",
          Reason.ROLE_NOT_ALLOWED,
          () -> "measurement %s may not act as %s".formatted(claims.measurement(), role));
    }
  }
}
