package io.teex.attestation.source;

import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;

/** Where the report data, and what lies before it, is in evidence of our own platform. */
final class ReportDataField {
  private static final int QUOTE_HEADER = 48;
  private static final int IN_SGX_REPORT = 320;
  private static final int IN_TD_REPORT = 520;
  private static final int IN_SNP_REPORT = 0x50;

  private static final int RTMRS_IN_TD_REPORT = 328;

  private ReportDataField() {}

  /** The field; empty if the evidence is too short to have one. */
  static Bytes of(TeeKind kind, Bytes evidence) {
    int at =
        switch (kind) {
          case SNP -> IN_SNP_REPORT;
          case TDX -> body(evidence) + IN_TD_REPORT;
          case SGX -> body(evidence) + IN_SGX_REPORT;
          case NITRO, SIMULATED ->
              throw new IllegalArgumentException("no fixed field in evidence of " + kind);
        };
    return at + ReportData.SIZE <= evidence.size()
        ? evidence.slice(at, at + ReportData.SIZE)
        : Bytes.EMPTY;
  }

  /** Where the four run-time registers begin in a TDX quote that has report data. */
  static int rtmrs(Bytes quote) {
    return body(quote) + RTMRS_IN_TD_REPORT;
  }

  /** From version 5 on, a quote's body has a header of its own. */
  private static int body(Bytes quote) {
    return QUOTE_HEADER + (quote.size() > 0 && quote.at(0) >= 5 ? 6 : 0);
  }
}
