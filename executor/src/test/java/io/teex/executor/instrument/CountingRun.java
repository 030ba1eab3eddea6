package io.teex.executor.instrument;

import java.util.Locale;
import java.util.Optional;
import run.endive.runtime.Instance;
import run.endive.runtime.MStack;
import run.endive.runtime.TrapException;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Instruction;

/**
 * Runs a module that was not instrumented on an interpreter and counts every instruction that is
 * executed. The classes of cost are told by the instructions' names here, so that a wrong opcode in
 * {@link Opcodes} shows as well.
 */
final class CountingRun {
  private static final CostTable COSTS = CostTable.CURRENT;

  /** How far a run is followed before it is given up as too long for a test. */
  static final long COUNT_MAX = 30_000_000;

  /** Thrown through the interpreter; the run says nothing then. */
  static final class TooLong extends RuntimeException {
    TooLong() {
      super("too many instructions for a test", null, false, false);
    }
  }

  private final Instance instance;
  private long fuel;

  private CountingRun(byte[] wasm) {
    WasmModule module = Parser.parse(wasm);
    this.instance = Instance.builder(module).withUnsafeExecutionListener(this::count).build();
  }

  /**
   * @param value what the function returned, or nothing if it trapped
   * @param fuel of what was executed, the start function and the instance not included
   */
  record Counted(Optional<Long> value, long fuel) {}

  static Counted run(byte[] wasm, String export, long... arguments) {
    CountingRun run = new CountingRun(wasm);
    return new Counted(apply(run.instance, export, arguments), run.fuel);
  }

  static Optional<Long> apply(Instance instance, String export, long... arguments) {
    try {
      long[] values = instance.export(export).apply(arguments);
      return Optional.of(values == null || values.length == 0 ? 0L : values[0]);
    } catch (TrapException | WasmRuntimeException e) {
      return Optional.empty();
    }
  }

  private void count(Instruction instruction, MStack stack) {
    String name = instruction.opcode().name();
    fuel += COSTS.cost(classOf(name)) + sizeCost(name, stack);
    if (fuel > COUNT_MAX) {
      throw new TooLong();
    }
  }

  private long sizeCost(String name, MStack stack) {
    return switch (name) {
      case "MEMORY_COPY", "MEMORY_FILL", "MEMORY_INIT" ->
          CostTable.eighths(stack.peek() & 0xffff_ffffL) * COSTS.cost(CostClass.BULK_EIGHT_BYTES);
      case "TABLE_COPY", "TABLE_FILL", "TABLE_INIT", "TABLE_GROW" ->
          (stack.peek() & 0xffff_ffffL) * COSTS.cost(CostClass.BULK_ELEMENT);
      case "MEMORY_GROW" -> {
        long delta = stack.peek() & 0xffff_ffffL;
        boolean succeeds = instance.memory().pages() + delta <= instance.memory().maximumPages();
        // The interpreter enters a page count as the module declares it.
        yield succeeds ? delta * COSTS.cost(CostClass.MEMORY_PAGE) : 0;
      }
      default -> 0;
    };
  }

  private static CostClass classOf(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "unreachable", "nop", "block", "loop", "else", "end" -> CostClass.STRUCTURE;
      case "br", "br_if", "if", "return" -> CostClass.BRANCH;
      case "br_table" -> CostClass.BRANCH_TABLE;
      case "call" -> CostClass.CALL;
      case "call_indirect" -> CostClass.CALL_INDIRECT;
      case "memory_grow", "table_grow" -> CostClass.GROW;
      case "table_get", "table_set", "data_drop", "elem_drop" -> CostClass.TABLE;
      case "i32_mul", "i64_mul" -> CostClass.INTEGER_MULTIPLY;
      case "i32_wrap_i64", "i64_extend_i32_s", "i64_extend_i32_u" -> CostClass.SIMPLE;
      default -> byPattern(lower);
    };
  }

  private static CostClass byPattern(String name) {
    if (name.matches("(memory|table)_(copy|fill|init)")) {
      return CostClass.BULK;
    }
    if (name.contains("_load")) {
      return CostClass.LOAD;
    }
    if (name.contains("_store")) {
      return CostClass.STORE;
    }
    if (name.matches("i(32|64)_(div|rem)_.*")) {
      return CostClass.INTEGER_DIVIDE;
    }
    if (name.matches("i(32|64)_trunc.*|f(32|64)_(convert|demote|promote).*|f32_demote.*")) {
      return CostClass.CONVERT;
    }
    if (name.contains("reinterpret") || name.endsWith("_const")) {
      return CostClass.SIMPLE;
    }
    if (name.matches("f(32|64)_(div|sqrt)")) {
      return CostClass.FLOAT_DIVIDE;
    }
    if (name.matches("f(32|64)_.*")) {
      return CostClass.FLOAT;
    }
    return CostClass.SIMPLE;
  }
}
