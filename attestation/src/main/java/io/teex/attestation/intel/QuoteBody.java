package io.teex.attestation.intel;

import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import java.util.Map;

/** What the hardware says about the TEE. */
sealed interface QuoteBody permits SgxReport, TdReport {
  Measurement measurement();

  ReportData reportData();

  /** Whether somebody outside can look into it. */
  boolean debug();

  /** Everything that a person or a rule may want to know, by the names of the documents. */
  Map<String, Object> fields();
}
