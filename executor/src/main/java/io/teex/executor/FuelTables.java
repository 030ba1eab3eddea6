package io.teex.executor;

import io.teex.executor.inference.InferenceTable;
import io.teex.executor.instrument.CostTable;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.nio.charset.StandardCharsets;

/** All that decides what a task is counted as. */
public final class FuelTables {
  private FuelTables() {}

  /** SHA-256 of the texts of both tables, one behind the other: what receipts carry. */
  public static Bytes32 digest() {
    return Sha256.hash(
        (CostTable.CURRENT.text() + InferenceTable.text()).getBytes(StandardCharsets.UTF_8));
  }
}
