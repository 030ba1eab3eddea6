package io.teex.executor.instrument;

import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The type section: the module's own types, and behind them those that instrumentation needs. */
final class MeteredTypes {
  private final List<FunctionType> types;
  private final Map<FunctionType, Integer> indices = new HashMap<>();

  MeteredTypes(WasmModule module) {
    this.types = new ArrayList<>(module.types());
    for (int i = 0; i < types.size(); i++) {
      indices.putIfAbsent(types.get(i), i);
    }
  }

  int of(FunctionType type) {
    return indices.computeIfAbsent(
        type,
        added -> {
          types.add(added);
          return types.size() - 1;
        });
  }

  /** The type with the {@link FuelWord} as last parameter and last result. */
  int metered(FunctionType type) {
    return of(new FunctionType(withWord(type.parameters()), withWord(type.results())));
  }

  int metered(int type) {
    return metered(types.get(type));
  }

  /** The type of a block without parameters, as it is encoded. */
  long blockOf(Bytes results) {
    return switch (results.size()) {
      case 0 -> BlockTypes.EMPTY;
      case 1 -> results.at(0) - 0x80L; // a value type's code, read as a signed LEB128
      default -> of(new FunctionType(Bytes.EMPTY, results));
    };
  }

  WasmOutput write() {
    WasmOutput out = new WasmOutput(256).u32(types.size());
    for (FunctionType type : types) {
      out.u8(0x60).types(type.parameters()).types(type.results());
    }
    return out;
  }

  private static Bytes withWord(Bytes types) {
    return Bytes.concat(types, Bytes.of(WasmModule.I64));
  }
}
