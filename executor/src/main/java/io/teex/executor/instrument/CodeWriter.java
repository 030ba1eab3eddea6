package io.teex.executor.instrument;

import io.teex.executor.instrument.Meters.Indices;

/** Writes the instruction sequences that instrumentation adds. */
final class CodeWriter {
  private static final int EMPTY_BLOCK = 0x40;

  final WasmOutput out;
  private final Indices meters;

  CodeWriter(WasmOutput out, Indices meters) {
    this.out = out;
    this.meters = meters;
  }

  CodeWriter op(int opcode) {
    out.u8(opcode);
    return this;
  }

  CodeWriter op(int opcode, long index) {
    out.u8(opcode).u32(index);
    return this;
  }

  CodeWriter i32(int value) {
    out.u8(Opcodes.I32_CONST).signed(value);
    return this;
  }

  CodeWriter i64(long value) {
    out.u8(Opcodes.I64_CONST).signed(value);
    return this;
  }

  CodeWriter localGet(int local) {
    return op(Opcodes.LOCAL_GET, local);
  }

  CodeWriter localSet(int local) {
    return op(Opcodes.LOCAL_SET, local);
  }

  CodeWriter localTee(int local) {
    return op(Opcodes.LOCAL_TEE, local);
  }

  CodeWriter globalGet(int global) {
    return op(Opcodes.GLOBAL_GET, global);
  }

  CodeWriter globalSet(int global) {
    return op(Opcodes.GLOBAL_SET, global);
  }

  CodeWriter beginIf() {
    out.u8(Opcodes.IF).u8(EMPTY_BLOCK);
    return this;
  }

  CodeWriter end() {
    return op(Opcodes.END);
  }

  /** Ends the task for {@code reason}; nothing behind it is reached. */
  CodeWriter trap(int reason) {
    return i32(reason).globalSet(meters.reason()).op(Opcodes.UNREACHABLE);
  }

  /** fuel local → fuel global. */
  CodeWriter flush(int fuelLocal) {
    return localGet(fuelLocal).globalSet(meters.fuel());
  }

  /** fuel global → fuel local. */
  CodeWriter reload(int fuelLocal) {
    return globalGet(meters.fuel()).localSet(fuelLocal);
  }

  /** Takes {@code cost} from the fuel local. */
  CodeWriter charge(int fuelLocal, long cost, boolean checked) {
    localGet(fuelLocal);
    if (cost > 0) {
      i64(cost).op(Opcodes.I64_SUB);
    }
    return checked ? storeChecked(fuelLocal) : localSet(fuelLocal);
  }

  /** Stores the fuel on the stack in its local, and ends the task if it is below zero. */
  CodeWriter storeChecked(int fuelLocal) {
    return localTee(fuelLocal)
        .i64(0)
        .op(Opcodes.I64_LT_S)
        .beginIf()
        .flush(fuelLocal)
        .trap(Meters.REASON_FUEL)
        .end();
  }

  /** Takes {@code cost} from the fuel global and checks it. */
  CodeWriter chargeGlobal(long cost) {
    return globalGet(meters.fuel())
        .i64(cost)
        .op(Opcodes.I64_SUB)
        .globalSet(meters.fuel())
        .checkGlobal();
  }

  CodeWriter checkGlobal() {
    return globalGet(meters.fuel())
        .i64(0)
        .op(Opcodes.I64_LT_S)
        .beginIf()
        .trap(Meters.REASON_FUEL)
        .end();
  }

  /** Takes a frame of {@code bytes} from the call stack, or ends the task. */
  CodeWriter enterFrame(int bytes) {
    return globalGet(meters.stack())
        .i32(bytes)
        .op(Opcodes.I32_SUB)
        .globalSet(meters.stack())
        .globalGet(meters.stack())
        .i32(0)
        .op(Opcodes.I32_LT_S)
        .beginIf()
        .trap(Meters.REASON_STACK)
        .end();
  }

  CodeWriter leaveFrame(int bytes) {
    return globalGet(meters.stack()).i32(bytes).op(Opcodes.I32_ADD).globalSet(meters.stack());
  }

  /**
   * Charges for the size on top of the stack, an i32, and leaves it there.
   *
   * @param perEightBytes whether the size counts bytes, charged by eight, or elements
   */
  CodeWriter chargeSize(int fuelLocal, int sizeLocal, boolean perEightBytes, int unitCost) {
    localTee(sizeLocal).localGet(fuelLocal).localGet(sizeLocal).op(Opcodes.I64_EXTEND_I32_U);
    if (perEightBytes) {
      i64(7).op(Opcodes.I64_ADD).i64(3).op(Opcodes.I64_SHR_U);
    }
    return i64(unitCost).op(Opcodes.I64_MUL).op(Opcodes.I64_SUB).storeChecked(fuelLocal);
  }
}
