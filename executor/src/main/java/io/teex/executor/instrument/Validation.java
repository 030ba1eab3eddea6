package io.teex.executor.instrument;

import run.endive.wasm.Parser;

/** Full validation by a library. Its input is known to be of bounded size and nesting. */
final class Validation {
  private Validation() {}

  /**
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE} with the validator's reason
   */
  static void requireValid(byte[] wasm) {
    try {
      Parser.parse(wasm);
    } catch (RuntimeException | StackOverflowError e) {
      // The parser's own exceptions have several unrelated parents, and on garbage it also throws
      // those of the collections it uses: whatever it throws, the module is not a valid one.
      throw WasmInput.malformed(
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }
}
