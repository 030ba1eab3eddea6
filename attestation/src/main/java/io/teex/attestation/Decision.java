package io.teex.attestation;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * A verdict and everything that it rests on, so that anybody can come to it again. It holds the
 * evidence and the digest that it had to vouch for; what that is a digest of, and keys, it never
 * sees.
 *
 * @param policy the text of the policy
 */
public record Decision(
    Evidence evidence,
    Collateral collateral,
    TimeInterval time,
    String policy,
    Expected expected,
    Outcome outcome) {
  /** Decisions are signed under this label and no other statement is. */
  private static final byte[] LABEL = "TEEX-DECISION-1".getBytes(StandardCharsets.US_ASCII);

  /**
   * What was decided.
   *
   * @param codes the reasons against it, as {@link Verdict#codes()}
   * @param trust the same for verifiers of other makes
   */
  public record Outcome(
      boolean accepted, List<String> codes, List<Check> checks, TrustVector trust) {
    public Outcome {
      codes = List.copyOf(codes);
      checks = List.copyOf(checks);
    }

    static Outcome of(Verdict verdict) {
      return new Outcome(
          verdict.accepted(), verdict.codes(), verdict.checks(), TrustVector.of(verdict));
    }

    /** Whether the same checks came to the same answers; how they are worded may change. */
    boolean sameAs(Outcome other) {
      return accepted == other.accepted
          && codes.equals(other.codes)
          && trust.equals(other.trust)
          && answers(checks).equals(answers(other.checks));
    }

    private static List<String> answers(List<Check> checks) {
      return checks.stream()
          .map(check -> check.name() + check.failure().map(Reason::code).orElse(""))
          .toList();
    }
  }

  /** A decision with the signature of who made it. */
  public record Recorded(Decision decision, Signature signature) {
    /** Whose signature it is; compare it with the node that you expect. */
    public Address decider() {
      return signature.recover(decision.digest());
    }

    public String toJson() {
      return DecisionFile.write(this);
    }

    /**
     * Reads what {@link #toJson()} wrote.
     *
     * @throws TeexException {@code MALFORMED}, or {@code SIGNATURE_INVALID} if the decider it names
     *     did not sign exactly this
     */
    public static Recorded parse(String json) {
      return DecisionFile.parse(json);
    }
  }

  /**
   * What verifying again comes to.
   *
   * @param same whether that is what was decided
   */
  public record Replay(Verdict verdict, boolean same) {}

  public static Decision of(
      Evidence evidence,
      Collateral collateral,
      TimeInterval time,
      Policy policy,
      Expected expected,
      Verdict verdict) {
    return new Decision(evidence, collateral, time, policy.toJson(), expected, Outcome.of(verdict));
  }

  public Recorded sign(SigningKey key) {
    return new Recorded(this, key.sign(digest()));
  }

  /**
   * Judges the same evidence by the same policy and collateral at the same time.
   *
   * @throws TeexException {@code USAGE} if this version of TEEX cannot read the policy
   */
  public Replay replay() {
    Verdict verdict =
        new Verifier().verify(evidence, collateral, time, Policy.parse(policy), expected);
    return new Replay(verdict, Outcome.of(verdict).sameAs(outcome));
  }

  private Bytes32 digest() {
    MessageDigest digest = Digests.sha256();
    digest.update(LABEL);
    digest.update(Json.canonical(DecisionFile.tree(this)).getBytes(StandardCharsets.UTF_8));
    return Bytes32.of(digest.digest());
  }
}
