package io.teex.executor.instrument;

import io.teex.executor.instrument.Meters.Indices;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.protocol.Bytes;

/** The bodies of the functions that instrumentation adds. */
final class Helpers {
  private final WasmModule module;
  private final CostTable costs;
  private final Indices meters;

  Helpers(WasmModule module, CostTable costs, Indices meters) {
    this.module = module;
    this.costs = costs;
    this.meters = meters;
  }

  private CodeWriter body(int i64Locals) {
    CodeWriter writer = new CodeWriter(new WasmOutput(128), meters);
    writer.out.u32(i64Locals == 0 ? 0 : 1);
    if (i64Locals > 0) {
      writer.out.u32(i64Locals).u8(WasmModule.I64);
    }
    return writer;
  }

  static FunctionType exhaustedType() {
    return new FunctionType(Bytes.of(WasmModule.I64), Bytes.EMPTY);
  }

  /** Says which meter is exhausted, and ends the task. */
  WasmOutput exhausted() {
    int word = 0;
    return body(0)
        .localGet(word)
        .i64(FuelWord.STACK_EXHAUSTED)
        .op(Opcodes.I64_AND)
        .i64(0)
        .op(Opcodes.I64_NE)
        .beginIf()
        .less(word, -FuelWord.fuel(1)) // What the stack borrowed.
        .localSet(word)
        .storeFuel(word)
        .trap(Meters.REASON_STACK)
        .end()
        .storeFuel(word)
        .trap(Meters.REASON_FUEL)
        .end()
        .out;
  }

  static FunctionType growType() {
    return new FunctionType(Bytes.of(WasmModule.I32), Bytes.of(WasmModule.I32));
  }

  /**
   * {@code memory.grow} within the module's own maximum (else -1) and the task's (else the end).
   */
  WasmOutput grow() {
    int delta = 0;
    int word = 1;
    int pages = 2;
    if (module.memories().isEmpty()) {
      return body(0).i32(-1).localGet(word).end().out;
    }
    long declaredMax = module.memories().getFirst().max();
    return body(1)
        .op(Opcodes.MEMORY_SIZE, 0)
        .op(Opcodes.I64_EXTEND_I32_U)
        .localGet(delta)
        .op(Opcodes.I64_EXTEND_I32_U)
        .op(Opcodes.I64_ADD)
        .localTee(pages)
        .i64(declaredMax < 0 ? 65_536 : declaredMax)
        .op(Opcodes.I64_GT_U)
        .beginIf()
        .i32(-1)
        .localGet(word)
        .op(Opcodes.RETURN)
        .end()
        .localGet(pages)
        .globalGet(meters.pages())
        .op(Opcodes.I64_GT_U)
        .beginIf()
        .storeFuel(word)
        .trap(Meters.REASON_MEMORY)
        .end()
        .localGet(word)
        .localGet(delta)
        .op(Opcodes.I64_EXTEND_I32_U)
        .i64(FuelWord.fuel(costs.cost(CostClass.MEMORY_PAGE)))
        .op(Opcodes.I64_MUL)
        .op(Opcodes.I64_SUB)
        .storeChecked(word)
        .localGet(delta)
        .op(Opcodes.MEMORY_GROW, 0)
        .localTee(delta)
        .i32(-1)
        .op(Opcodes.I32_EQ)
        .beginIf()
        .storeFuel(word)
        .trap(Meters.REASON_ENGINE_MEMORY)
        .end()
        .localGet(delta)
        .localGet(word)
        .end()
        .out;
  }

  /** Charges for what instantiation made, then runs what was the start function. */
  WasmOutput start() {
    int word = 0;
    CodeWriter writer = body(1);
    writer
        .globalGet(meters.fuel())
        .i64(instanceCost())
        .op(Opcodes.I64_SUB)
        .globalSet(meters.fuel())
        .globalGet(meters.fuel())
        .i64(0)
        .op(Opcodes.I64_LT_S)
        .beginIf()
        .trap(Meters.REASON_FUEL)
        .end();
    if (module.start() >= 0) {
      takeWord(writer, word)
          .localGet(word)
          .op(Opcodes.CALL, meters.metered(module.start()))
          .localSet(word);
      writer.storeFuel(word).storeStack(word);
    }
    return writer.end().out;
  }

  private long instanceCost() {
    long pages = module.memories().isEmpty() ? 0 : module.memories().getFirst().min();
    long elements = module.elements();
    for (WasmModule.Table table : module.tables()) {
      elements += table.limits().min();
    }
    return pages * costs.cost(CostClass.MEMORY_PAGE)
        + CostTable.eighths(module.activeDataBytes()) * costs.cost(CostClass.BULK_EIGHT_BYTES)
        + elements * costs.cost(CostClass.BULK_ELEMENT);
  }

  /** Calls an import as the host knows it, which reads and charges the globals meanwhile. */
  WasmOutput importWrapper(int imported) {
    int parameters = module.typeOf(imported).parameters().size();
    int word = parameters;
    CodeWriter writer = body(0).storeFuel(word).storeStack(word);
    arguments(writer, parameters);
    return writer
        .op(Opcodes.CALL, imported)
        .globalGet(meters.fuel())
        .globalGet(meters.rest())
        .op(Opcodes.I64_SUB)
        .i64(FuelWord.FUEL_SHIFT)
        .op(Opcodes.I64_SHL)
        .localGet(word)
        .i64(FuelWord.STACK_MASK)
        .op(Opcodes.I64_AND)
        .op(Opcodes.I64_OR)
        .end()
        .out;
  }

  /** What the host calls in place of a function that is exported. */
  WasmOutput exportWrapper(int exported) {
    int parameters = module.typeOf(exported).parameters().size();
    int word = parameters;
    CodeWriter writer = takeWord(body(1), word);
    arguments(writer, parameters);
    writer.localGet(word).op(Opcodes.CALL, meters.metered(exported)).localSet(word);
    return writer.storeFuel(word).storeStack(word).end().out;
  }

  private static void arguments(CodeWriter writer, int parameters) {
    for (int i = 0; i < parameters; i++) {
      writer.localGet(i);
    }
  }

  /** Globals → word; what does not fit into its fuel is put aside. */
  private CodeWriter takeWord(CodeWriter writer, int word) {
    return writer
        .i64(FuelWord.FUEL_MAX)
        .globalGet(meters.fuel())
        .i64(FuelWord.FUEL_MAX)
        .globalGet(meters.fuel())
        .op(Opcodes.I64_LT_S)
        .op(Opcodes.SELECT)
        .localSet(word)
        .globalGet(meters.fuel())
        .localGet(word)
        .op(Opcodes.I64_SUB)
        .globalSet(meters.rest())
        .localGet(word)
        .i64(FuelWord.FUEL_SHIFT)
        .op(Opcodes.I64_SHL)
        .globalGet(meters.stack())
        .op(Opcodes.I64_EXTEND_I32_U)
        .i64(FuelWord.STACK_UNIT_SHIFT)
        .op(Opcodes.I64_SHR_U)
        .op(Opcodes.I64_OR)
        .localSet(word);
  }
}
