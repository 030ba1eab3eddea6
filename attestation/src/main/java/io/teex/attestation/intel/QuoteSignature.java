package io.teex.attestation.intel;

import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What comes after the signed part of a quote.
 *
 * @param signature r ‖ s, by the attestation key
 * @param attestationKey x ‖ y
 * @param signedQeReport the quoting enclave's report as the platform's key signed it
 * @param qeReportSignature r ‖ s, by the platform's PCK key
 * @param authenticationData bound by the quoting enclave together with the attestation key
 * @param certificationType what is in the next; only {@link #PCK_CHAIN} can be verified
 * @param certificationData in PEM: the PCK certificate and its issuers
 */
record QuoteSignature(
    Bytes signature,
    Bytes attestationKey,
    Bytes signedQeReport,
    SgxReport qeReport,
    Bytes qeReportSignature,
    Bytes authenticationData,
    int certificationType,
    Bytes certificationData) {
  static final int PCK_CHAIN = 5;

  private static final int QE_REPORT = 6;
  private static final int SIGNATURE_SIZE = 64;
  private static final int KEY_SIZE = 64;

  /**
   * @param in exactly the signature data, without the padding behind it
   */
  static QuoteSignature parse(QuoteReader in, int version) throws Refused {
    Bytes signature = in.take(SIGNATURE_SIZE, "signature");
    Bytes key = in.take(KEY_SIZE, "attestation key");
    QuoteReader certification = version == 3 ? in : wrapped(in);
    Bytes qeReport = certification.take(SgxReport.SIZE, "report of the quoting enclave");
    Bytes qeSignature = certification.take(SIGNATURE_SIZE, "signature of that report");
    Bytes authentication =
        certification.take(
            certification.u16("length of the authentication data"), "authentication data");
    int type = certification.u16("certification data type");
    QuoteReader data =
        certification.part(certification.u32("certification data size"), "certification data");
    certification.end("signature data");
    return new QuoteSignature(
        signature,
        key,
        qeReport,
        SgxReport.parse(new QuoteReader(qeReport)),
        qeSignature,
        authentication,
        type,
        data.take(data.remaining(), "certification data"));
  }

  /** From version 4 on the quoting enclave's part is certification data itself. */
  private static QuoteReader wrapped(QuoteReader in) throws Refused {
    int type = in.u16("certification data type");
    if (type != QE_REPORT) {
      throw new Refused(
          Reason.UNSUPPORTED_CERTIFICATION_DATA,
          "outer certification data of type %d, expected %d".formatted(type, QE_REPORT));
    }
    QuoteReader inner = in.part(in.u32("certification data size"), "certification data");
    in.end("signature data");
    return inner;
  }

  Map<String, Object> qeFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("mrsigner", qeReport.mrSigner().toHex());
    fields.put("isvprodid", (long) qeReport.isvProdId());
    fields.put("isvsvn", (long) qeReport.isvSvn());
    fields.put("report_data", qeReport.reportData().value().toHex());
    return fields;
  }
}
