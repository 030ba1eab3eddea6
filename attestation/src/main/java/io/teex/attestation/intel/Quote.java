package io.teex.attestation.intel;

import io.teex.attestation.Evidence;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A quote of version 3, 4 or 5, taken apart and not verified. Integers are little-endian.
 *
 * @param signed everything before the signature data, as the attestation key signed it
 * @param paddingSize how many bytes follow the signature data; no signature covers them, and nobody
 *     looks at them
 * @see <a href="https://download.01.org/intel-sgx/latest/dcap-latest/linux/docs/">Intel SGX and TDX
 *     DCAP quoting library, appendix A.3 and A.4</a>
 */
record Quote(
    QuoteHeader header, QuoteBody body, Bytes signed, QuoteSignature signature, int paddingSize) {
  private static final int BODY_SGX = 1;
  private static final int BODY_TD_1_0 = 2;
  private static final int BODY_TD_1_5 = 3;

  static Quote parse(Bytes quote) throws Refused {
    if (quote.size() > Evidence.SIZE_MAX) {
      throw Refused.malformed("%d bytes, at most %d".formatted(quote.size(), Evidence.SIZE_MAX));
    }
    QuoteReader in = new QuoteReader(quote);
    QuoteHeader header = QuoteHeader.parse(in);
    QuoteBody body = body(header, in);
    Bytes signed = quote.slice(0, in.position());
    QuoteReader data = in.part(in.u32("signature data length"), "signature data");
    return new Quote(
        header, body, signed, QuoteSignature.parse(data, header.version()), in.remaining());
  }

  /** What was read, by the names of the documents; no word of it is proven. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>(body.fields());
    fields.put("quote_version", (long) header.version());
    fields.put("trailing_bytes_after_signature_data", (long) paddingSize);
    fields.put("certification_data_type", (long) signature.certificationType());
    fields.put("qe_report", signature.qeFields());
    return fields;
  }

  private static QuoteBody body(QuoteHeader header, QuoteReader in) throws Refused {
    if (header.version() < 5) {
      return header.tee() == TeeKind.SGX
          ? SgxReport.parse(in)
          : TdReport.parse(in, TdReport.SIZE_1_0);
    }
    int type = in.u16("body type");
    int expected =
        switch (type) {
          case BODY_SGX -> SgxReport.SIZE;
          case BODY_TD_1_0 -> TdReport.SIZE_1_0;
          case BODY_TD_1_5 -> TdReport.SIZE_1_5;
          default -> throw new Refused(Reason.UNSUPPORTED_VERSION, "body type %d".formatted(type));
        };
    long size = in.u32("body size");
    if (size != expected || (type == BODY_SGX) != (header.tee() == TeeKind.SGX)) {
      throw Refused.malformed(
          "body of type %d and %d bytes in a quote of %s".formatted(type, size, header.tee()));
    }
    return type == BODY_SGX ? SgxReport.parse(in) : TdReport.parse(in, expected);
  }
}
