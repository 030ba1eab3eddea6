package io.teex.executor.endive;

import run.endive.wasm.WasmEngineException;

/**
 * Which trap ended a guest: Endive's words for it, as {@code io.teex.executor.Trap} counts them.
 */
final class Traps {
  private static final int OTHER = 0;
  private static final int UNREACHABLE = 1;
  private static final int MEMORY = 2;
  private static final int DIVISION_BY_ZERO = 3;
  private static final int DIVISION_OVERFLOW = 4;
  private static final int CONVERSION = 5;
  private static final int INDIRECT_CALL = 6;
  private static final int TABLE = 7;

  private Traps() {}

  static boolean isDepth(WasmEngineException trap) {
    return words(trap).contains("call stack exhausted");
  }

  static int code(WasmEngineException trap) {
    String words = words(trap);
    if (words.contains("unreachable")) {
      return UNREACHABLE;
    }
    if (words.contains("out of bounds memory access")) {
      return MEMORY;
    }
    if (words.contains("integer divide by zero")) {
      return DIVISION_BY_ZERO;
    }
    if (words.contains("integer overflow")) {
      return isDivision(trap) ? DIVISION_OVERFLOW : CONVERSION;
    }
    if (words.contains("invalid conversion")) {
      return CONVERSION;
    }
    if (words.contains("undefined element") || words.contains("out of bounds table access")) {
      return TABLE;
    }
    return words.contains("indirect call type mismatch") || words.contains("uninitialized element")
        ? INDIRECT_CALL
        : OTHER;
  }

  /** Division and conversion overflow in the same words, in methods named after the instruction. */
  private static boolean isDivision(WasmEngineException trap) {
    StackTraceElement[] trace = trap.getStackTrace();
    return trace.length > 0 && trace[0].getMethodName().contains("_DIV_");
  }

  private static String words(WasmEngineException trap) {
    return String.valueOf(trap.getMessage());
  }
}
