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
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Injects the meters: fuel by {@link CostTable#CURRENT}, call stack by frame size, and the clamps
 * of memory and tables. The result behaves as the original does, except that it ends when a meter
 * says so, and that {@code memory.grow} never fails for want of memory below the limit.
 *
 * <p>Every function is given the {@link FuelWord} and gives it back; the host meets functions as
 * they were, since exports and imports stand behind wrappers. {@link FuelPlan} says what is charged
 * where. The rules that receipts depend on are those of {@code docs/fuel.md}.
 */
public final class Instrumenter {
  /** Raised with every change of the code that is injected; part of the cost table's digest. */
  public static final String VERSION = "teex-instrumenter-2";

  /** No instance's tables grow beyond this; {@code table.grow} then answers -1, as everywhere. */
  private static final int TABLE_ELEMENTS_MAX = ImageLimits.WASM_1.tableElements();

  /** Real code grows by a third. */
  private static final int BYTES_MAX = 4 * ImageLimits.WASM_1.moduleBytes();

  private final WasmModule module;
  private final InstrumentOptions options;
  private final CostTable costs;
  private final Indices meters;
  private final MeteredTypes types;
  private final References references;
  private final Helpers helpers;

  /** The functions that are exported, each with its wrapper's index. */
  private final Map<Integer, Integer> exported = new LinkedHashMap<>();

  private Instrumenter(WasmModule module, InstrumentOptions options, CostTable costs) {
    this.module = module;
    this.options = options;
    this.costs = costs;
    this.meters = Indices.behind(module);
    this.types = new MeteredTypes(module);
    this.references = new References(module, meters);
    this.helpers = new Helpers(module, costs, meters);
    for (Export export : module.exports()) {
      if (export.kind() == WasmModule.KIND_FUNCTION) {
        exported.putIfAbsent(export.index(), meters.firstExportWrapper() + exported.size());
      }
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
    byte[] instrumented = new Instrumenter(module, options, CostTable.CURRENT).write();
    Validation.requireValid(instrumented);
    return new Instrumented(
        SecretBytes.copyOf(instrumented),
        CostTable.CURRENT.digest(),
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
    out.section(WasmModule.SECTION_TYPE, types.write());
    copy(out, WasmModule.SECTION_IMPORT);
    out.section(WasmModule.SECTION_FUNCTION, functions);
    out.section(WasmModule.SECTION_TABLE, tables());
    out.section(WasmModule.SECTION_MEMORY, memories());
    out.section(WasmModule.SECTION_GLOBAL, globals());
    out.section(WasmModule.SECTION_EXPORT, exports());
    out.section(WasmModule.SECTION_ELEMENT, references.elements());
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

  private WasmOutput functions() {
    int imported = module.imports().size();
    int all = module.functions().size();
    WasmOutput out = new WasmOutput(256).u32(all - imported + 3L + imported + exported.size());
    for (int type : module.functions().subList(imported, all)) {
      out.u32(types.metered(type));
    }
    out.u32(types.metered(Helpers.growType()));
    out.u32(types.of(new FunctionType(Bytes.EMPTY, Bytes.EMPTY))); // start
    out.u32(types.of(Helpers.exhaustedType()));
    for (int type : module.functions().subList(0, imported)) {
      out.u32(types.metered(type));
    }
    exported.keySet().forEach(function -> out.u32(module.functions().get(function)));
    return out;
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
    WasmOutput out = new WasmOutput(256).u32(module.globals().size() + 5L);
    references.writeGlobals(out);
    CodeWriter writer = new CodeWriter(out, meters);
    mutable(out, WasmModule.I64);
    writer.i64(0).end(); // fuel
    mutable(out, WasmModule.I32);
    writer.i32(options.stackBytesMax()).end(); // stack
    mutable(out, WasmModule.I64);
    writer.i64(options.memoryPagesMax()).end(); // pages
    mutable(out, WasmModule.I32);
    writer.i32(Meters.REASON_NONE).end(); // reason
    mutable(out, WasmModule.I64);
    writer.i64(0).end(); // rest
    return out;
  }

  private static void mutable(WasmOutput out, byte type) {
    out.u8(type).u8(1);
  }

  private WasmOutput exports() {
    int memories = module.memories().size();
    WasmOutput out = new WasmOutput(256).u32(module.exports().size() + 5L + memories);
    for (Export export : module.exports()) {
      export(out, export.name(), export.kind(), exportedIndex(export));
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

  private int exportedIndex(Export export) {
    Integer wrapper =
        export.kind() == WasmModule.KIND_FUNCTION ? exported.get(export.index()) : null;
    return wrapper == null ? export.index() : wrapper;
  }

  private static void export(WasmOutput out, String name, int kind, int index) {
    out.name(name).u8(kind).u32(index);
  }

  private WasmOutput code() {
    int imports = module.imports().size();
    WasmOutput out = new WasmOutput(module.bytes().length * 2);
    out.u32(module.bodies().size() + 3L + imports + exported.size());
    // The module was checked within its limits; doubling the budget keeps this walk independent.
    WorkBudget budget = new WorkBudget(2 * ImageLimits.WASM_1.work());
    BitSet calling = calling(budget);
    for (int i = 0; i < module.bodies().size(); i++) {
      FunctionType type = module.typeOf(imports + i);
      FunctionCode body =
          FunctionCode.decode(module.bytes(), module.bodies().get(i), ImageLimits.WASM_1);
      FunctionAnalysis analysis =
          FunctionAnalysis.of(module, type, body, ImageLimits.WASM_1, budget);
      references.addFrom(body);
      out.sized(
          FunctionRewriter.rewrite(
              module, type, body, analysis, costs, meters, types, calling::get));
      if (out.size() > BYTES_MAX) {
        throw WasmInput.malformed(
            "metered, it has more than the %d bytes that are allowed".formatted(BYTES_MAX));
      }
    }
    out.sized(helpers.grow()).sized(helpers.start()).sized(helpers.exhausted());
    for (int i = 0; i < imports; i++) {
      out.sized(helpers.importWrapper(i));
    }
    exported.keySet().forEach(function -> out.sized(helpers.exportWrapper(function)));
    return out;
  }

  /** The functions that call others, by their indices. */
  private BitSet calling(WorkBudget budget) {
    int imports = module.imports().size();
    BitSet calling = new BitSet(module.functions().size());
    for (int i = 0; i < module.bodies().size(); i++) {
      FunctionType type = module.typeOf(imports + i);
      FunctionCode body =
          FunctionCode.decode(module.bytes(), module.bodies().get(i), ImageLimits.WASM_1);
      calling.set(
          imports + i, FunctionAnalysis.of(module, type, body, ImageLimits.WASM_1, budget).calls());
    }
    return calling;
  }
}
