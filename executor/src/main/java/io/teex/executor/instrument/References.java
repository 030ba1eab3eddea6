package io.teex.executor.instrument;

import io.teex.executor.instrument.Meters.Indices;
import io.teex.executor.instrument.WasmModule.Range;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * References to functions outside of code, led to the functions that take a {@link FuelWord}.
 * Everything else in the sections that hold them stays as it is.
 */
final class References {
  private final WasmModule module;
  private final Indices meters;

  /** Functions that code refers to; a module has to declare those outside of its code. */
  private final SortedSet<Integer> inCode = new TreeSet<>();

  References(WasmModule module, Indices meters) {
    this.module = module;
    this.meters = meters;
  }

  void addFrom(FunctionCode code) {
    for (int i = 0; i < code.count(); i++) {
      if (code.opcode(i) == Opcodes.REF_FUNC) {
        inCode.add(meters.metered((int) code.operand(i)));
      }
    }
  }

  /** The module's globals, without their number. */
  void writeGlobals(WasmOutput out) {
    Range declared = module.sections().get(WasmModule.SECTION_GLOBAL);
    if (declared == null) {
      return;
    }
    Copy copy = new Copy(declared, out);
    for (long left = copy.in.u32(); left > 0; left--) {
      copy.byteAsItIs();
      copy.byteAsItIs();
      copy.constant();
    }
  }

  /** The element section, with a segment more that declares what code refers to. */
  WasmOutput elements() {
    WasmOutput out = new WasmOutput(256);
    Range declared = module.sections().get(WasmModule.SECTION_ELEMENT);
    Copy copy = new Copy(declared == null ? new Range(0, 0) : declared, out);
    long segments = declared == null ? 0 : copy.in.u32();
    out.u32(segments + (inCode.isEmpty() ? 0 : 1));
    for (; segments > 0; segments--) {
      copy.segment();
    }
    if (!inCode.isEmpty()) {
      out.u32(3).u8(0).u32(inCode.size()); // declarative, of functions
      inCode.forEach(out::u32);
    }
    return out;
  }

  /** Reads a part of the module and writes it anew. */
  private final class Copy {
    final WasmInput in;
    private final WasmOutput out;

    Copy(Range range, WasmOutput out) {
      this.in = new WasmInput(module.bytes(), range.from(), range.to());
      this.out = out;
    }

    void byteAsItIs() {
      out.u8(in.u8());
    }

    private long numberAsItIs() {
      long number = in.u32();
      out.u32(number);
      return number;
    }

    private void function() {
      out.u32(meters.metered((int) in.u32()));
    }

    void constant() {
      int begin = in.position();
      ModuleReader.readConstant(in);
      if ((module.bytes()[begin] & 0xff) == Opcodes.REF_FUNC) {
        WasmInput again = new WasmInput(module.bytes(), begin + 1, in.position());
        out.u8(Opcodes.REF_FUNC).u32(meters.metered((int) again.u32())).u8(Opcodes.END);
      } else {
        out.raw(module.bytes(), begin, in.position());
      }
    }

    void segment() {
      int flags = (int) numberAsItIs();
      boolean active = (flags & 1) == 0;
      boolean explicit = (flags & 2) != 0;
      boolean expressions = (flags & 4) != 0;
      if (active) {
        if (explicit) {
          numberAsItIs();
        }
        constant();
      }
      if (!active || explicit) {
        byteAsItIs();
      }
      for (long left = numberAsItIs(); left > 0; left--) {
        if (expressions) {
          constant();
        } else {
          function();
        }
      }
    }
  }
}
