package io.teex.chain;

import io.teex.protocol.TeexException;
import java.util.Map;
import java.util.Optional;

/** What to do when the contracts that judge quotes refuse one, or what it is judged by. */
final class QuoteRefusals {
  private static final String FETCH = "fetch the collateral of the platform anew and post it";
  private static final String NOT_INTELS =
      "it is damaged or not of Intel's making: fetch it from Intel's service or a cache of it";
  private static final String FRESH_QUOTE =
      "use the quote that the manager wrote last, within 256 blocks of the one that it names";
  private static final String UPDATE =
      "update the platform's firmware, then have it certified anew";

  static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry("BlockNotRecent", FRESH_QUOTE),
          Map.entry("QuoteNotNewer", "a quote over this block or a later one is there already"),
          Map.entry(
              "ReportDataMismatch",
              "the quote is not of this manager for this contract, chain and block, or the block was"
                  + " reorganised away: post what the manager of this market wrote last"),
          Map.entry(
              "MeasurementNotAccepted",
              "governance has to accept this measurement for managers, or the manager has to run"
                  + " what is accepted"),
          Map.entry(
              "PlatformNotOfOperator",
              "the operator of the machine has to answer for the key first (teex node operate), on"
                  + " the machine that the quote is of"),
          Map.entry("TcbStatusNotAccepted", UPDATE + "; managers have to be UpToDate"),
          Map.entry("EvaluationTooEarly", "post the collateral of a later TCB evaluation"),
          Map.entry(
              "AttributesNotAccepted",
              "start the TEE without the attributes that lower its protection, and with"
                  + " SEPT_VE_DISABLE"),
          Map.entry("DebugEnabled", "start the TEE without debug"),
          Map.entry("PlatformUnknown", "post the platform's certificates"),
          Map.entry("TcbInfoUnknown", FETCH),
          Map.entry("QeIdentityUnknown", FETCH),
          Map.entry("RevocationListMissing", FETCH + ", revocation lists first"),
          Map.entry("RevocationListNotCurrent", FETCH),
          Map.entry("DocumentNotCurrent", FETCH),
          Map.entry("CertificateNotValid", FETCH),
          Map.entry("CertificateRevoked", "do not use this platform any more"),
          Map.entry("RootKeyUnexpected", NOT_INTELS),
          Map.entry("DocumentNotSigned", NOT_INTELS),
          Map.entry("RevocationListNotSigned", NOT_INTELS),
          Map.entry("CertificateNotSignedBy", NOT_INTELS),
          Map.entry("QuoteNotSigned", "the quote was changed: " + FRESH_QUOTE),
          Map.entry("QeReportNotSigned", "the quote was changed: " + FRESH_QUOTE),
          Map.entry("QeReportDoesNotBind", "the quote was changed: " + FRESH_QUOTE),
          Map.entry("QeUnsupported", UPDATE),
          Map.entry("TcbLevelNotFound", UPDATE),
          Map.entry("TdxModuleUnknown", UPDATE),
          Map.entry("TdxModuleUnsupported", UPDATE));

  private QuoteRefusals() {}

  /** The same refusal with advice, if there is some. */
  static TeexException advised(TeexException refused) {
    if (!(refused.getCause() instanceof RpcException refusal)) {
      return refused;
    }
    return Reverts.name(refusal)
        .flatMap(name -> Optional.ofNullable(ADVICE.get(name)))
        .map(advice ->
            new TeexException(
                refused.code(), "%s: %s".formatted(refused.getMessage(), advice), refusal))
        .orElse(refused);
  }
}
