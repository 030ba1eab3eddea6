package io.teex.executor.instrument;

import io.teex.executor.inference.Model;
import io.teex.executor.instrument.Meters.Indices;
import io.teex.executor.instrument.WasmModule.Export;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.executor.instrument.WasmModule.Limits;
import io.teex.executor.instrument.WasmModule.Range;
import io.teex.executor.instrument.WasmModule.Table;
import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Injects the meters: fuel by {@link CostTable#V1}, call stack by frame size, and the clamps of
 * memory and tables. The result behaves as the original does, except that it ends when a meter says
 * so, and that {@code memory.grow} never fails for want of memory below the limit.
 *
 * <p>The rules that receipts depend on: a basic block is charged when it is entered, so a trap
 * inside it does not return the rest; fuel at a trap is the value last stored in the global, which
 * is at the last call or the entry of the function that trapped; at exhaustion all fuel is used.
 */
public final class Instrumenter {
  /** Raised with every change of the code that is injected; part of the cost table's digest. */
  public static final String VERSION = "teex-instrumenter-1";

  /** No instance's tables grow beyond this; {@code table.grow} then answers -1, as everywhere. */
  private static final int TABLE_ELEMENTS_MAX = ImageLimits.WASM_1.tableElements();

  private final WasmModule module;
  private final InstrumentOptions options;
  private final CostTable costs;
  private final Indices meters;
  private final List<FunctionType> types;
  private final Map<FunctionType, Integer> typeIndices = new HashMap<>();

  private Instrumenter(WasmModule module, InstrumentOptions options, CostTable costs) {
    this.module = module;
    this.options = options;
    this.costs = costs;
    this.meters = Indices.behind(module);
    this.types = new ArrayList<>(module.types());
    for (int i = 0; i < types.size(); i++) {
      typeIndices.putIfAbsent(types.get(i), i);
    }
  }

  /**
   * Checks an image as {@link ImageCheck} does and instruments it.
   *
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE}, {@code FORBIDDEN_IMPORT}
   */
  public static Instrumented instrument(byte[] wasm, InstrumentOptions options) {
    ImageParts parts = ImageParts.of(wasm);
    Instrumented module =
        instrument(ImageCheck.read(parts.module(), HostInterface.WASM_1), options);
    return module.with(parts.models().stream().map(Model::read).toList());
  }

  /**
   * @param module a valid one
   */
  static Instrumented instrument(WasmModule module, InstrumentOptions options) {
    long pagesMin = module.memories().isEmpty() ? 0 : module.memories().getFirst().min();
    if (pagesMin > options.memoryPagesMax()) {
      throw WasmInput.malformed(
          "a memory of %d pages, at most %d are allowed"
              .formatted(pagesMin, options.memoryPagesMax()));
    }
    byte[] instrumented = new Instrumenter(module, options, CostTable.V1).write();
    Validation.requireValid(instrumented);
    return new Instrumented(
        SecretBytes.copyOf(instrumented),
        CostTable.V1.digest(),
        (int) pagesMin,
        options,
        List.of());
  }

  private byte[] write() {
    // Bodies and declarations first: they find out which types must be added.
    WasmOutput code = code();
    WasmOutput functions = functions();
    WasmOutput out = new WasmOutput(module.bytes().length * 2);
    out.raw(module.bytes(), 0, 8);
    out.section(WasmModule.SECTION_TYPE, types());
    copy(out, WasmModule.SECTION_IMPORT);
    out.section(WasmModule.SECTION_FUNCTION, functions);
    out.section(WasmModule.SECTION_TABLE, tables());
    out.section(WasmModule.SECTION_MEMORY, memories());
    out.section(WasmModule.SECTION_GLOBAL, globals());
    out.section(WasmModule.SECTION_EXPORT, exports());
    copy(out, WasmModule.SECTION_ELEMENT);
    copy(out, WasmModule.SECTION_DATA_COUNT);
    out.section(WasmModule.SECTION_CODE, code);
    copy(out, WasmModule.SECTION_DATA);
    copy(out, WasmModule.SECTION_CUSTOM);
    return out.toBytes();
  }

  private void copy(WasmOutput out, int section) {
    Range range = module.sections().get(section);
    if (range != null) {
      out.u8(section).u32(range.size()).raw(module.bytes(), range.from(), range.to());
    }
  }

  private int typeIndex(FunctionType type) {
    return typeIndices.computeIfAbsent(
        type,
        added -> {
          types.add(added);
          return types.size() - 1;
        });
  }

  private WasmOutput types() {
    WasmOutput out = new WasmOutput(256).u32(types.size());
    for (FunctionType type : types) {
      out.u8(0x60).types(type.parameters()).types(type.results());
    }
    return out;
  }

  private WasmOutput functions() {
    WasmOutput out = new WasmOutput(256);
    int imported = module.imports().size();
    out.u32(module.functions().size() - imported + 2L);
    for (int type : module.functions().subList(imported, module.functions().size())) {
      out.u32(type);
    }
    return out.u32(growType()).u32(startType());
  }

  private int growType() {
    return typeIndex(new FunctionType(Bytes.of(WasmModule.I32), Bytes.of(WasmModule.I32)));
  }

  private int startType() {
    return typeIndex(new FunctionType(Bytes.EMPTY, Bytes.EMPTY));
  }

  private WasmOutput tables() {
    WasmOutput out = new WasmOutput(64).u32(module.tables().size());
    for (Table table : module.tables()) {
      limits(out.u8(table.elementType()), table.limits(), TABLE_ELEMENTS_MAX);
    }
    return out;
  }

  private WasmOutput memories() {
    WasmOutput out = new WasmOutput(16).u32(module.memories().size());
    for (Limits memory : module.memories()) {
      limits(out, memory, options.memoryPagesMax());
    }
    return out;
  }

  private static void limits(WasmOutput out, Limits declared, int clamp) {
    long max = declared.max() < 0 ? clamp : Math.min(declared.max(), clamp);
    out.u8(1).u32(declared.min()).u32(max);
  }

  private WasmOutput globals() {
    WasmOutput out = new WasmOutput(256).u32(module.globals().size() + 4L);
    Range declared = module.sections().get(WasmModule.SECTION_GLOBAL);
    if (declared != null) {
      WasmInput in = new WasmInput(module.bytes(), declared.from(), declared.to());
      in.u32();
      out.raw(module.bytes(), in.position(), declared.to());
    }
    CodeWriter writer = new CodeWriter(out, meters);
    mutable(out, WasmModule.I64);
    writer.i64(0).end(); // fuel
    mutable(out, WasmModule.I32);
    writer.i32(options.stackBytesMax()).end(); // stack
    mutable(out, WasmModule.I64);
    writer.i64(options.memoryPagesMax()).end(); // pages
    mutable(out, WasmModule.I32);
    writer.i32(Meters.REASON_NONE).end(); // reason
    return out;
  }

  private static void mutable(WasmOutput out, byte type) {
    out.u8(type).u8(1);
  }

  private WasmOutput exports() {
    int memories = module.memories().size();
    WasmOutput out = new WasmOutput(256).u32(module.exports().size() + 5L + memories);
    for (Export export : module.exports()) {
      export(out, export.name(), export.kind(), export.index());
    }
    export(out, Meters.FUEL, WasmModule.KIND_GLOBAL, meters.fuel());
    export(out, Meters.STACK, WasmModule.KIND_GLOBAL, meters.stack());
    export(out, Meters.PAGES, WasmModule.KIND_GLOBAL, meters.pages());
    export(out, Meters.REASON, WasmModule.KIND_GLOBAL, meters.reason());
    export(out, Meters.START, WasmModule.KIND_FUNCTION, meters.startFunction());
    if (memories > 0) {
      export(out, Meters.MEMORY, WasmModule.KIND_MEMORY, 0);
    }
    return out;
  }

  private static void export(WasmOutput out, String name, int kind, int index) {
    out.name(name).u8(kind).u32(index);
  }

  private WasmOutput code() {
    WasmOutput out = new WasmOutput(module.bytes().length * 2).u32(module.bodies().size() + 2L);
    // The module was checked within its limits; doubling the budget keeps this walk independent.
    WorkBudget budget = new WorkBudget(2 * ImageLimits.WASM_1.work());
    for (int i = 0; i < module.bodies().size(); i++) {
      FunctionType type = module.typeOf(module.imports().size() + i);
      FunctionCode body =
          FunctionCode.decode(module.bytes(), module.bodies().get(i), ImageLimits.WASM_1);
      FunctionAnalysis analysis =
          FunctionAnalysis.of(module, type, body, ImageLimits.WASM_1, budget);
      out.sized(
          FunctionRewriter.rewrite(
              module, type, body, analysis, costs, meters, wrapperType(type.results())));
    }
    return out.sized(growBody()).sized(startBody());
  }

  private long wrapperType(Bytes results) {
    return switch (results.size()) {
      case 0 -> BlockTypes.EMPTY;
      case 1 -> results.at(0) - 0x80L; // a value type's code, read as a signed LEB128
      default -> typeIndex(new FunctionType(Bytes.EMPTY, results));
    };
  }

  /**
   * {@code memory.grow} within the module's own maximum (else -1) and the task's (else the end).
   */
  private WasmOutput growBody() {
    int delta = 0;
    int pages = 1;
    CodeWriter writer = new CodeWriter(new WasmOutput(128), meters);
    if (module.memories().isEmpty()) {
      writer.out.u32(0);
      return writer.i32(-1).end().out;
    }
    long declaredMax = module.memories().getFirst().max();
    writer.out.u32(1).u32(1).u8(WasmModule.I64);
    writer
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
        .op(Opcodes.RETURN)
        .end();
    writer
        .localGet(pages)
        .globalGet(meters.pages())
        .op(Opcodes.I64_GT_U)
        .beginIf()
        .trap(Meters.REASON_MEMORY)
        .end();
    writer
        .globalGet(meters.fuel())
        .localGet(delta)
        .op(Opcodes.I64_EXTEND_I32_U)
        .i64(costs.cost(CostClass.MEMORY_PAGE))
        .op(Opcodes.I64_MUL)
        .op(Opcodes.I64_SUB)
        .globalSet(meters.fuel())
        .checkGlobal();
    writer
        .localGet(delta)
        .op(Opcodes.MEMORY_GROW, 0)
        .localTee(delta)
        .i32(-1)
        .op(Opcodes.I32_EQ)
        .beginIf()
        .trap(Meters.REASON_ENGINE_MEMORY)
        .end()
        .localGet(delta)
        .end();
    return writer.out;
  }

  /** Charges for what instantiation made, then runs what was the start function. */
  private WasmOutput startBody() {
    CodeWriter writer = new CodeWriter(new WasmOutput(32), meters);
    writer.out.u32(0);
    writer.chargeGlobal(instanceCost());
    if (module.start() >= 0) {
      writer.op(Opcodes.CALL, module.start());
    }
    return writer.end().out;
  }

  private long instanceCost() {
    long pages = module.memories().isEmpty() ? 0 : module.memories().getFirst().min();
    long elements = module.elements();
    for (Table table : module.tables()) {
      elements += table.limits().min();
    }
    return pages * costs.cost(CostClass.MEMORY_PAGE)
        + CostTable.eighths(module.activeDataBytes()) * costs.cost(CostClass.BULK_EIGHT_BYTES)
        + elements * costs.cost(CostClass.BULK_ELEMENT);
  }
}
