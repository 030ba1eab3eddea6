package io.teex.executor.instrument;

import java.util.Optional;

/** Floating-point values by how a NaN in them is told and made canonical. */
enum FloatShape {
  F32(WasmModule.F32),
  F64(WasmModule.F64),
  F32X4(WasmModule.V128),
  F64X2(WasmModule.V128);

  private static final int F32_CONST = 0x43;
  private static final int F64_CONST = 0x44;
  private static final int F32_EQ = 0x5b;
  private static final int F64_EQ = 0x61;
  private static final int F32X4_EQ = Opcodes.VECTOR + 65;
  private static final int F64X2_EQ = Opcodes.VECTOR + 71;
  private static final int V128_BITSELECT = Opcodes.VECTOR + 82;

  private final byte type;

  FloatShape(byte type) {
    this.type = type;
  }

  byte type() {
    return type;
  }

  /**
   * The shape of what an instruction computes, if a NaN among it may have any payload: arithmetic
   * and rounding, whose NaNs are the processor's choice.
   */
  static Optional<FloatShape> computedBy(int opcode) {
    if ((opcode >= 0x8d && opcode <= 0x97) || opcode == 0xb6) { // f32: ceil to max, demote
      return Optional.of(F32);
    }
    if ((opcode >= 0x9b && opcode <= 0xa5) || opcode == 0xbb) { // f64: the same, promote
      return Optional.of(F64);
    }
    return switch (opcode - Opcodes.VECTOR) {
      // ceil, floor, trunc, nearest; sqrt, add, sub, mul, div, min, max; demote
      case 103, 104, 105, 106, 227, 228, 229, 230, 231, 232, 233, 94 -> Optional.of(F32X4);
      // ceil, floor, trunc, nearest; sqrt, add, sub, mul, div, min, max; promote
      case 116, 117, 122, 148, 239, 240, 241, 242, 243, 244, 245, 95 -> Optional.of(F64X2);
      default -> Optional.empty();
    };
  }

  /** Makes the NaNs of the value on the stack canonical; {@code scratch} is a local of its type. */
  void canonicalise(CodeWriter writer, int scratch) {
    writer.localTee(scratch);
    canonical(writer.out);
    writer.localGet(scratch).localGet(scratch);
    switch (this) {
      case F32 -> writer.op(F32_EQ).op(Opcodes.SELECT);
      case F64 -> writer.op(F64_EQ).op(Opcodes.SELECT);
      case F32X4 -> writer.op(F32X4_EQ).op(V128_BITSELECT);
      case F64X2 -> writer.op(F64X2_EQ).op(V128_BITSELECT);
    }
  }

  private void canonical(WasmOutput out) {
    byte[] f32 = {0, 0, (byte) 0xc0, 0x7f};
    byte[] f64 = {0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x7f};
    switch (this) {
      case F32 -> out.u8(F32_CONST).raw(f32);
      case F64 -> out.u8(F64_CONST).raw(f64);
      case F32X4 -> out.u8(0xfd).u32(12).raw(f32).raw(f32).raw(f32).raw(f32);
      case F64X2 -> out.u8(0xfd).u32(12).raw(f64).raw(f64);
    }
  }
}
