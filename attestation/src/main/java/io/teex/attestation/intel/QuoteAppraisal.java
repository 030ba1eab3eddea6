package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.Tcb;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.eventlog.EventLog;
import io.teex.protocol.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges one quote: first whether it is genuine and what it is judged by is current, every step for
 * itself; then, of a genuine one only, all that the policy says. A policy is not asked about what
 * nobody vouches for, so the reasons of a refusal are either about the proof or about the TEE.
 */
final class QuoteAppraisal {
  private final Quote quote;
  private final Endorsements endorsements;
  private final Collateral collateral;
  private final Documents documents;
  private final TimeInterval time;
  private final Policy policy;
  private final Checks checks;
  private final Proof proof;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  QuoteAppraisal(
      Quote quote,
      Endorsements endorsements,
      Collateral collateral,
      TimeInterval time,
      Policy policy,
      Checks checks) {
    this.quote = quote;
    this.endorsements = endorsements;
    this.collateral = collateral;
    this.time = time;
    this.policy = policy;
    this.checks = checks;
    this.proof = new Proof(checks);
    this.documents = new Documents(endorsements, collateral, time, proof);
  }

  Claims appraise() {
    fields.putAll(quote.fields());
    int type = quote.signature().certificationType();
    proof.require(
        type == QuoteSignature.PCK_CHAIN,
        "certification-data",
        Reason.UNSUPPORTED_CERTIFICATION_DATA,
        () ->
            "certification data of type %d, expected %d (PCK chain)"
                .formatted(type, QuoteSignature.PCK_CHAIN));
    return proof.holds() ? withChain() : claims(Bytes.EMPTY, Tcb.unknown(0));
  }

  private Claims withChain() {
    PckChain chain = pckChain();
    Crl rootCrl = documents.rootCrl();
    SignedDocument<TcbInfo> tcbInfo = documents.tcbInfo();
    SignedDocument<QeIdentity> qeIdentity = documents.qeIdentity();
    documents.requireNotRevoked(rootCrl, chain == null ? null : chain.issuer());
    documents.requireNotRevoked(CollateralName.TCB_INFO, rootCrl, tcbInfo);
    documents.requireNotRevoked(CollateralName.QE_IDENTITY, rootCrl, qeIdentity);
    if (chain != null) {
      proof.attempt("qe-signature", () -> endorsements.qeReport(chain, quote.signature()));
    }
    QuoteRules.requireSignatures(quote, proof);
    if (qeIdentity != null) {
      QuoteRules.requireQe(quote, qeIdentity.document(), proof);
    }
    if (chain == null) {
      return claims(Bytes.EMPTY, Tcb.unknown(0));
    }
    fields.put("pck", chain.fields());
    Bytes platform = chain.platform().ppid();
    if (tcbInfo == null) {
      return claims(platform, Tcb.unknown(0));
    }
    QuoteRules.requirePlatform(quote, chain.platform(), tcbInfo.document(), proof);
    return claims(
        platform,
        qeIdentity != null && proof.holds()
            ? judge(
                new TcbEvaluator(
                    chain.platform(), quote, tcbInfo.document(), qeIdentity.document()))
            : Tcb.unknown(tcbInfo.document().evaluationNumber()));
  }

  /** The chain in the quote, valid and not revoked, as far as its issuer's list says. */
  private @Nullable PckChain pckChain() {
    PckChain chain =
        proof.attempt(
            "pck-chain", () -> endorsements.pckChain(quote.signature().certificationData()));
    if (chain == null) {
      return null;
    }
    documents.requireValid("pck-validity", "PCK chain", chain.window());
    documents.requireNotRevoked("pck-revocation", documents.pckCrl(chain.issuer()), chain.serial());
    return chain;
  }

  /** Of a quote that is proven: all that the policy says about it. */
  private Tcb judge(TcbEvaluator evaluator) {
    BodyRules.judge(quote.body(), policy.platforms(), checks);
    if (quote.body() instanceof TdReport report) {
      collateral
          .find(CollateralName.EVENT_LOG)
          .ifPresent(log -> fields.put("event", EventLog.verify(log, report.rtmrs(), checks)));
    }
    Optional<TcbEvaluation> evaluation = evaluator.evaluate(proof);
    Map<String, Object> shown = new LinkedHashMap<>();
    evaluation.ifPresent(known -> shown.putAll(known.fields()));
    shown.put("tcb_evaluation_number", evaluator.evaluationNumber());
    Window window = documents.window();
    shown.put("valid_from", window.from().toString());
    shown.put("valid_to", window.to().toString());
    fields.put("evaluation", shown);
    if (evaluation.isEmpty()) {
      return Tcb.unknown(evaluator.evaluationNumber());
    }
    Tcb tcb = evaluation.get().tcb();
    policy.platforms().tcb().judge(tcb, time, checks);
    evaluator.requireRecentQeIdentity(policy.platforms().tcb(), checks);
    return tcb;
  }

  private Claims claims(Bytes platformId, Tcb tcb) {
    return new Claims(
        quote.header().tee(),
        quote.body().measurement(),
        platformId,
        tcb,
        quote.body().reportData(),
        fields);
  }
}
