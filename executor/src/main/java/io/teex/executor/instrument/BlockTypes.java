package io.teex.executor.instrument;

import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.protocol.Bytes;

/**
 * Block types as {@link FunctionCode} holds them: an index of a function type, a negative value
 * type, or {@link #EMPTY}.
 */
final class BlockTypes {
  static final long EMPTY = -0x40;

  private static final FunctionType NOTHING = new FunctionType(Bytes.EMPTY, Bytes.EMPTY);

  private BlockTypes() {}

  static FunctionType resolve(WasmModule module, long blockType) {
    if (blockType == EMPTY) {
      return NOTHING;
    }
    if (blockType < 0) {
      return new FunctionType(Bytes.EMPTY, Bytes.of((byte) (blockType + 0x80)));
    }
    if (blockType >= module.types().size()) {
      throw WasmInput.malformed("block type %d of %d".formatted(blockType, module.types().size()));
    }
    return module.types().get((int) blockType);
  }
}
