package io.teex.executor.instrument;

import io.teex.executor.inference.Model;
import io.teex.executor.instrument.WasmModule.Export;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.protocol.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a module may be sold as a service of the profile "wasm-1": valid WebAssembly 2.0 without
 * anything that is not deterministic, a WASI command, of bounded size, importing only what the
 * executor offers; the models that it brings likewise. Takes bounded time and memory whatever the
 * bytes are.
 */
public final class ImageCheck {
  private static final String ENTRY = "_start";

  private ImageCheck() {}

  /**
   * @throws io.teex.protocol.TeexException {@code FORBIDDEN_IMPORT} or {@code INVALID_MODULE},
   *     saying what was seen and what is allowed
   */
  public static ImageReport check(byte[] wasm) {
    ImageParts parts = ImageParts.of(wasm);
    WasmModule module = read(parts.module(), HostInterface.WASM_1);
    parts.models().forEach(Model::read);
    List<String> imports =
        module.imports().stream().map(each -> each.module() + "." + each.name()).toList();
    int pages = module.memories().isEmpty() ? 0 : (int) module.memories().getFirst().min();
    return new ImageReport(wasm.length, module.bodies().size(), pages, imports);
  }

  /** Everything that {@link #check} does. */
  static WasmModule read(byte[] wasm, HostInterface allowed) {
    WasmModule module = readAny(wasm, allowed);
    requireEntry(module);
    return module;
  }

  /** The same without the demand for an entry point. */
  static WasmModule readAny(byte[] wasm, HostInterface allowed) {
    WasmModule module = ModuleReader.read(wasm, ImageLimits.WASM_1);
    allowed.requireAllowed(module);
    requireSoundExports(module);
    requireBoundedBodies(module);
    Validation.requireValid(wasm);
    return module;
  }

  private static void requireBoundedBodies(WasmModule module) {
    ImageLimits limits = ImageLimits.WASM_1;
    WorkBudget budget = new WorkBudget(limits.work());
    int locals = 0;
    for (int i = 0; i < module.bodies().size(); i++) {
      FunctionCode code = FunctionCode.decode(module.bytes(), module.bodies().get(i), limits);
      locals += code.locals();
      if (locals > limits.localsTotal()) {
        throw WasmInput.malformed(
            "more than %d locals in all functions".formatted(limits.localsTotal()));
      }
      FunctionAnalysis.of(module, module.typeOf(module.imports().size() + i), code, limits, budget);
    }
  }

  /** What the validator leaves to instantiation: names are unique, indices exist. */
  private static void requireSoundExports(WasmModule module) {
    Set<String> names = new HashSet<>();
    for (Export export : module.exports()) {
      if (export.name().startsWith(Meters.PREFIX)) {
        throw WasmInput.malformed(
            "exports %s; names beginning with %s are reserved"
                .formatted(export.name(), Meters.PREFIX));
      }
      if (!names.add(export.name())) {
        throw WasmInput.malformed("exports %s twice".formatted(export.name()));
      }
      int count =
          switch (export.kind()) {
            case WasmModule.KIND_FUNCTION -> module.functions().size();
            case WasmModule.KIND_TABLE -> module.tables().size();
            case WasmModule.KIND_MEMORY -> module.memories().size();
            default -> module.globals().size();
          };
      if (export.index() >= count) {
        throw WasmInput.malformed(
            "exports %s with index %d of %d".formatted(export.name(), export.index(), count));
      }
    }
  }

  private static void requireEntry(WasmModule module) {
    FunctionType command = new FunctionType(Bytes.EMPTY, Bytes.EMPTY);
    for (Export export : module.exports()) {
      if (export.name().equals(ENTRY) && export.kind() == WasmModule.KIND_FUNCTION) {
        FunctionType type = module.typeOf(export.index());
        if (type.equals(command)) {
          return;
        }
        throw WasmInput.malformed("its %s has type %s, not %s".formatted(ENTRY, type, command));
      }
    }
    throw WasmInput.malformed(
        "it exports no function %s: a service is a WASI command, not a library".formatted(ENTRY));
  }
}
