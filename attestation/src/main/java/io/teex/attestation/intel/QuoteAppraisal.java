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
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
  private final TimeInterval time;
  private final Policy policy;
  private final Checks checks;
  private final Proof proof;
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private Window window = Window.ALWAYS;

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
    Crl rootCrl =
        current(CollateralName.ROOT_CA_CRL, () -> endorsements.rootCrl(collateral), Crl::window);
    SignedDocument<TcbInfo> tcbInfo =
        current(
            CollateralName.TCB_INFO,
            () -> endorsements.tcbInfo(collateral),
            SignedDocument::window);
    SignedDocument<QeIdentity> qeIdentity =
        current(
            CollateralName.QE_IDENTITY,
            () -> endorsements.qeIdentity(collateral),
            SignedDocument::window);
    if (rootCrl != null) {
      requireNoneRevoked(rootCrl, chain, tcbInfo, qeIdentity);
    }
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
    window = window.and(chain.window());
    proof.require(
        time.isSurelyNotBefore(chain.window().from()) && time.isSurelyNotAfter(chain.window().to()),
        "pck-validity",
        Reason.CERTIFICATE_EXPIRED,
        () ->
            "the PCK chain holds from %s to %s, the time is %s"
                .formatted(chain.window().from(), chain.window().to(), time));
    Crl crl =
        current(
            CollateralName.PCK_CRL,
            () -> endorsements.pckCrl(collateral, chain.issuer()),
            Crl::window);
    if (crl != null) {
      requireNotRevoked("pck-revocation", crl, chain.serial());
    }
    return chain;
  }

  /**
   * A part of the collateral that is authentic, and recorded whether it is current. Whichever part
   * is stale, revocation lists and signers included, what helps is to fetch the collateral again:
   * so they share one reason, and the check names the part.
   */
  private <T> @Nullable T current(String name, Proof.Step<T> step, Function<T, Window> windowOf) {
    T part = proof.attempt(name, step);
    if (part != null) {
      Window holds = windowOf.apply(part);
      window = window.and(holds);
      proof.require(
          time.isSurelyNotBefore(holds.from()),
          name + "-begun",
          Reason.COLLATERAL_NOT_YET_VALID,
          () -> "%s holds from %s, the time is %s".formatted(name, holds.from(), time));
      proof.require(
          time.isSurelyNotAfter(holds.to()),
          name + "-current",
          Reason.COLLATERAL_EXPIRED,
          () -> "%s holds to %s, the time is %s".formatted(name, holds.to(), time));
    }
    return part;
  }

  private void requireNoneRevoked(
      Crl crl,
      @Nullable PckChain chain,
      @Nullable SignedDocument<TcbInfo> tcbInfo,
      @Nullable SignedDocument<QeIdentity> qeIdentity) {
    if (chain != null) {
      requireNotRevoked("pck-issuer-revocation", crl, chain.issuer().getSerialNumber());
    }
    if (tcbInfo != null) {
      requireNotRevoked("tcb-info-signer-revocation", crl, tcbInfo.signerSerial());
    }
    if (qeIdentity != null) {
      requireNotRevoked("qe-identity-signer-revocation", crl, qeIdentity.signerSerial());
    }
  }

  private void requireNotRevoked(String name, Crl crl, BigInteger serial) {
    proof.require(
        !crl.revoked().contains(serial),
        name,
        Reason.CERTIFICATE_REVOKED,
        () -> "%s has revoked the certificate 0x%s".formatted(crl.issuer(), serial.toString(16)));
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
