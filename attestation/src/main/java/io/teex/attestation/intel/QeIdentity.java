package io.teex.attestation.intel;

import io.teex.attestation.Json;
import io.teex.attestation.JsonObject;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import java.util.List;

/**
 * Intel's word about its quoting enclaves, version 2.
 *
 * @param id {@code QE} for SGX, {@code TD_QE} for TDX
 * @param levels by ISVSVN, from the best to the worst
 */
record QeIdentity(
    String id,
    Window window,
    long evaluationNumber,
    Bytes miscSelect,
    Bytes miscSelectMask,
    Bytes attributes,
    Bytes attributesMask,
    Bytes mrSigner,
    int isvProdId,
    List<IsvLevel> levels)
    implements SignedDocument.Dated {
  private static final String WHAT = "enclaveIdentity";
  private static final int VERSION = 2;

  QeIdentity {
    levels = List.copyOf(levels);
  }

  static QeIdentity parse(Bytes text) throws Refused {
    JsonObject json = Json.parse(text.copy(), WHAT, ErrorCode.MALFORMED);
    long version = json.number("version", Long.MAX_VALUE);
    if (version != VERSION) {
      throw new Refused(
          Reason.UNSUPPORTED_VERSION,
          "%s of version %d, expected %d".formatted(WHAT, version, VERSION));
    }
    return new QeIdentity(
        json.text("id"),
        new Window(json.instant("issueDate"), json.instant("nextUpdate")),
        json.number("tcbEvaluationDataNumber", Integer.MAX_VALUE),
        json.hex("miscselect", 4),
        json.hex("miscselectMask", 4),
        json.hex("attributes", 16),
        json.hex("attributesMask", 16),
        json.hex("mrsigner", 32),
        (int) json.number("isvprodid", 0xffff),
        IsvLevel.parseAll(json));
  }

  /** Whether a report is of one of these enclaves. */
  boolean matches(SgxReport report) {
    return Bits.and(report.miscSelect(), miscSelectMask).equals(miscSelect)
        && Bits.and(report.attributes(), attributesMask).equals(attributes)
        && report.mrSigner().equals(mrSigner)
        && report.isvProdId() == isvProdId;
  }
}
