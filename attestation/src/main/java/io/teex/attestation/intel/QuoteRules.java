package io.teex.attestation.intel;

import io.teex.attestation.Ecdsa;
import io.teex.attestation.Reason;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;

/** The steps from the quoting enclave's report to the body of a quote, which no cache shortens. */
final class QuoteRules {
  private static final int HASH_SIZE = 32;

  private QuoteRules() {}

  /** That the quoting enclave vouches for the attestation key, and that key for the quote. */
  static void requireSignatures(Quote quote, Proof proof) {
    QuoteSignature signature = quote.signature();
    byte[] key = signature.attestationKey().copy();
    byte[] binding = new byte[ReportData.SIZE];
    Sha256.hash(key, signature.authenticationData().copy()).value().copyTo(binding, 0);
    Bytes seen = signature.qeReport().reportData().value();
    proof.require(
        seen.equals(Bytes.of(binding)),
        "qe-binding",
        Reason.QE_BINDING_INVALID,
        () ->
            "the quoting enclave vouches for %s…, the attestation key is %s…"
                .formatted(seen.slice(0, HASH_SIZE), Bytes.of(binding).slice(0, HASH_SIZE)));
    proof.require(
        Ecdsa.P256_SHA256.verify(key, quote.signed().copy(), signature.signature().copy()),
        "quote-signature",
        Reason.QUOTE_SIGNATURE_INVALID,
        () -> "the attestation key did not sign this quote");
  }

  /** That the quoting enclave is one of Intel's for this kind of TEE, and not debuggable. */
  static void requireQe(Quote quote, QeIdentity identity, Proof proof) {
    String id = quote.header().tee() == TeeKind.SGX ? "QE" : "TD_QE";
    proof.require(
        identity.id().equals(id),
        "qe-identity-kind",
        Reason.COLLATERAL_MISMATCH,
        () -> "the identity is of %s, expected %s".formatted(identity.id(), id));
    SgxReport report = quote.signature().qeReport();
    proof.require(
        identity.matches(report),
        "qe-report",
        Reason.QE_IDENTITY_MISMATCH,
        () ->
            "no quoting enclave of Intel's: MRSIGNER %s, ISVPRODID %d, ATTRIBUTES %s, MISCSELECT %s"
                .formatted(
                    report.mrSigner(),
                    report.isvProdId(),
                    report.attributes(),
                    report.miscSelect()));
    proof.require(
        !report.debug(),
        "qe-debug",
        Reason.DEBUG_ENABLED,
        () -> "the quoting enclave can be debugged");
  }

  /** That the TCB information is about this kind of TEE and platform. */
  static void requirePlatform(Quote quote, PckExtension platform, TcbInfo info, Proof proof) {
    proof.require(
        info.tee() == quote.header().tee()
            && info.fmspc().equals(platform.fmspc())
            && info.pceId().equals(platform.pceId()),
        "platform",
        Reason.COLLATERAL_MISMATCH,
        () ->
            "the TCB information is of %s, FMSPC %s, PCE-ID %s, the platform of %s, %s, %s"
                .formatted(
                    info.tee(),
                    info.fmspc(),
                    info.pceId(),
                    quote.header().tee(),
                    platform.fmspc(),
                    platform.pceId()));
  }
}
