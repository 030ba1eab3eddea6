package io.teex.executor.inference;

import java.util.Locale;

/**
 * What inference is counted as, from the graph and the shapes of the inputs alone, so the same on
 * every machine. A unit is about that of {@link io.teex.executor.instrument.CostTable}. A version
 * is never changed once published.
 */
public final class InferenceTable {
  static final String NAME = "teex-inference-table-1";

  /** Of every call that runs a model. */
  static final int CALL = 16_384;

  /**
   * Of one byte of the model, at a task's first call of it, whether it is loaded already or not.
   */
  static final int MODEL_BYTE = 4;

  /** Of every node. */
  static final int NODE = 256;

  /** Eight bytes, begun, of the answer. */
  static final int EIGHT_BYTES = 1;

  /**
   * Of the work of one node.
   *
   * @see Operator
   */
  enum Price {
    /** Nothing beside the node. */
    NONE(0, 1),
    /** For each element read or written, whichever are more. */
    ELEMENT(1, 1),
    QUANTIZE(2, 1),
    TRANSCENDENTAL(8, 1),
    /** For each multiplication of a product of matrices. */
    MULTIPLY_ADD(1, 4),
    INTEGER_MULTIPLY_ADD(1, 8);

    private final int units;
    private final int per;

    Price(int units, int per) {
      this.units = units;
      this.per = per;
    }

    long of(long work) {
      return Math.multiplyExact((work + per - 1) / per, (long) units);
    }
  }

  private InferenceTable() {}

  /** The canonical text: name, then one price a line, then one operator a line. */
  public static String text() {
    StringBuilder text = new StringBuilder(NAME).append('\n');
    text.append("CALL %d\nMODEL_BYTE %d\n".formatted(CALL, MODEL_BYTE));
    text.append("NODE %d\nEIGHT_BYTES %d\n".formatted(NODE, EIGHT_BYTES));
    for (Price each : Price.values()) {
      text.append(String.format(Locale.ROOT, "%s %d/%d\n", each, each.units, each.per));
    }
    for (Operator each : Operator.values()) {
      text.append(each).append(' ').append(each.price()).append('\n');
    }
    return text.toString();
  }
}
