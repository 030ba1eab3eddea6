package io.teex.executor.instrument;

import static io.teex.executor.instrument.WasmInput.malformed;

import io.teex.executor.instrument.WasmModule.Range;
import java.util.Arrays;

/** One function body, decoded: its locals and the places and operands of its instructions. */
final class FunctionCode {
  private final byte[] bytes;
  private final int localGroups;
  private final Range localsRange;
  private final int locals;
  private int count;
  private int[] opcodes = new int[64];
  private int[] starts = new int[65];
  private long[] operands = new long[64];

  private FunctionCode(byte[] bytes, int localGroups, Range localsRange, int locals) {
    this.bytes = bytes;
    this.localGroups = localGroups;
    this.localsRange = localsRange;
    this.locals = locals;
  }

  static FunctionCode decode(byte[] bytes, Range body, ImageLimits limits) {
    WasmInput in = new WasmInput(bytes, body.from(), body.to());
    int groups = in.count("groups of locals", limits.locals());
    int from = in.position();
    long locals = 0;
    for (int i = 0; i < groups; i++) {
      locals += in.u32();
      if (locals > limits.locals()) {
        throw malformed(
            "a function of %d locals, at most %d are allowed".formatted(locals, limits.locals()));
      }
      ModuleReader.readValueType(in);
    }
    FunctionCode code =
        new FunctionCode(bytes, groups, new Range(from, in.position()), (int) locals);
    while (in.hasMore()) {
      code.add(in);
    }
    code.starts[code.count] = in.position();
    return code;
  }

  /** Number of declared locals, parameters not counted. */
  int locals() {
    return locals;
  }

  /** Number of run-length groups in {@link #localsRange()}. */
  int localGroups() {
    return localGroups;
  }

  Range localsRange() {
    return localsRange;
  }

  int count() {
    return count;
  }

  int opcode(int instruction) {
    return opcodes[instruction];
  }

  /**
   * Label, index, type index, block type or i32 constant; for {@code br_table} where its labels
   * begin.
   */
  long operand(int instruction) {
    return operands[instruction];
  }

  Range range(int instruction) {
    return new Range(starts[instruction], starts[instruction + 1]);
  }

  /** The labels of a {@code br_table}, the default one last. */
  WasmInput labels(int instruction) {
    return new WasmInput(bytes, (int) operands[instruction], starts[instruction + 1]);
  }

  /** The bits of an {@code f32.const} or {@code f64.const}. */
  long constantBits(int instruction) {
    long bits = 0;
    for (int at = starts[instruction + 1] - 1; at > starts[instruction]; at--) {
      bits = bits << 8 | (bytes[at] & 0xff);
    }
    return bits;
  }

  /** The table of a {@code call_indirect}. */
  long table(int instruction) {
    WasmInput in = new WasmInput(bytes, starts[instruction] + 1, starts[instruction + 1]);
    in.u32();
    return in.u32();
  }

  private void add(WasmInput in) {
    if (count == opcodes.length) {
      opcodes = Arrays.copyOf(opcodes, count * 2);
      operands = Arrays.copyOf(operands, count * 2);
      starts = Arrays.copyOf(starts, count * 2 + 1);
    }
    starts[count] = in.position();
    int opcode = readOpcode(in);
    Opcodes.Shape shape = Opcodes.find(opcode);
    if (shape == null) {
      throw malformed(
          "instruction %s at byte %d is not accepted".formatted(describe(opcode), starts[count]));
    }
    opcodes[count] = opcode;
    operands[count] = readImmediate(in, shape.immediate());
    count++;
  }

  private static int readOpcode(WasmInput in) {
    int first = in.u8();
    return switch (first) {
      case 0xfc -> Opcodes.BULK + in.count("as opcode after 0xfc", 0xff);
      case 0xfd -> Opcodes.VECTOR + in.count("as opcode after 0xfd (relaxed SIMD?)", 0xff);
      case 0xfe -> throw malformed("instructions of the threads proposal are not accepted");
      default -> first;
    };
  }

  private static String describe(int opcode) {
    if (opcode >= Opcodes.VECTOR) {
      return "0xfd 0x%02x".formatted(opcode - Opcodes.VECTOR);
    }
    return opcode >= Opcodes.BULK
        ? "0xfc 0x%02x".formatted(opcode - Opcodes.BULK)
        : "0x%02x".formatted(opcode);
  }

  private static long readImmediate(WasmInput in, Opcodes.Immediate immediate) {
    switch (immediate) {
      case NONE -> {}
      case BLOCK_TYPE -> {
        return readBlockType(in);
      }
      case LABEL, INDEX -> {
        return in.u32();
      }
      case LABELS -> {
        int begin = in.position();
        long labels = in.u32();
        for (long i = 0; i <= labels; i++) {
          in.u32();
        }
        return begin;
      }
      case TYPE_AND_TABLE, TWO_INDICES -> {
        long first = in.u32();
        in.u32();
        return first;
      }
      case VALUE_TYPES -> {
        int types = in.count("types of a select", 1);
        for (int i = 0; i < types; i++) {
          ModuleReader.readValueType(in);
        }
      }
      case REFERENCE_TYPE -> ModuleReader.readReferenceType(in);
      case MEMORY_ARGUMENT -> readMemoryArgument(in);
      case MEMORY_ARGUMENT_AND_LANE -> {
        readMemoryArgument(in);
        in.u8();
      }
      case MEMORY_ZERO -> requireMemoryZero(in);
      case TWO_MEMORIES_ZERO -> {
        requireMemoryZero(in);
        requireMemoryZero(in);
      }
      case INDEX_AND_MEMORY_ZERO -> {
        in.u32();
        requireMemoryZero(in);
      }
      case I32 -> {
        return in.signed(32);
      }
      case I64 -> in.signed(64);
      case F32 -> in.skip(4);
      case F64 -> in.skip(8);
      case V128 -> in.skip(16);
      case LANE -> in.u8();
    }
    return 0;
  }

  private static long readBlockType(WasmInput in) {
    int next = in.peek();
    if (next == 0x40) {
      in.u8();
      return BlockTypes.EMPTY;
    }
    if ((next & 0xc0) == 0x40) {
      return ModuleReader.readValueType(in) - 0x80L;
    }
    long index = in.signed(33);
    if (index < 0) {
      throw malformed("block type " + index);
    }
    return index;
  }

  private static void readMemoryArgument(WasmInput in) {
    if (in.u32() >= 32) {
      throw malformed("a memory access with flags of a later proposal (multiple memories?)");
    }
    in.u32();
  }

  private static void requireMemoryZero(WasmInput in) {
    if (in.u8() != 0) {
      throw malformed("an instruction on a second memory");
    }
  }
}
