package io.teex.executor.instrument;

import java.util.ArrayList;
import java.util.List;
import run.endive.wasm.Parser;

/**
 * Full validation by a library. Its input is known to be of bounded size and nesting.
 *
 * <p>The library makes an object of every instruction, fifty times the size of the code. So code of
 * more than {@value #BATCH_BYTES} bytes is validated in several turns, in each of which most bodies
 * are replaced by one that traps: whether a body is valid depends on declarations alone.
 */
final class Validation {
  static final int BATCH_BYTES = 1 << 20;

  private static final int HEADER_BYTES = 8;

  /** No locals, {@code unreachable}, {@code end}: valid for every type of function. */
  private static final byte[] ANY_BODY = {3, 0, 0, 0x0b};

  private Validation() {}

  /**
   * @param wasm whose sections and bodies are where they say
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE} with the validator's reason
   */
  static void requireValid(byte[] wasm) {
    requireValid(wasm, BATCH_BYTES);
  }

  static void requireValid(byte[] wasm, int batchBytes) {
    WasmInput in = new WasmInput(wasm, HEADER_BYTES, wasm.length);
    while (in.hasMore()) {
      int begin = in.position();
      int id = in.u8();
      WasmInput section = in.slice(in.u32());
      if (id == WasmModule.SECTION_CODE && section.end() - section.position() > batchBytes) {
        requireValidBodies(wasm, begin, section, batchBytes);
        return;
      }
    }
    parse(wasm);
  }

  private static void requireValidBodies(
      byte[] wasm, int sectionBegin, WasmInput section, int batchBytes) {
    int end = section.end();
    List<WasmModule.Range> bodies = bodies(section);
    int first = 0;
    while (first < bodies.size()) {
      int last = first + 1;
      while (last < bodies.size()
          && bodies.get(last).to() - bodies.get(first).from() <= batchBytes) {
        last++;
      }
      WasmOutput code = new WasmOutput(2 * batchBytes).u32(bodies.size());
      for (int i = 0; i < bodies.size(); i++) {
        if (i == first) {
          code.raw(wasm, bodies.get(first).from(), bodies.get(last - 1).to());
        }
        if (i < first || i >= last) {
          code.raw(ANY_BODY);
        }
      }
      parse(
          new WasmOutput(wasm.length)
              .raw(wasm, 0, sectionBegin)
              .section(WasmModule.SECTION_CODE, code)
              .raw(wasm, end, wasm.length)
              .toBytes());
      first = last;
    }
  }

  /** Each with the size that stands in front of it. */
  private static List<WasmModule.Range> bodies(WasmInput section) {
    List<WasmModule.Range> bodies = new ArrayList<>();
    for (long left = section.u32(); left > 0; left--) {
      int from = section.position();
      section.skip(section.u32());
      bodies.add(new WasmModule.Range(from, section.position()));
    }
    return bodies;
  }

  private static void parse(byte[] wasm) {
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
