package io.teex.executor.instrument;

import io.teex.executor.instrument.Meters.Indices;

/**
 * Writes the instruction sequences that instrumentation adds.
 *
 * @see FuelWord what the local that they call the word holds
 */
final class CodeWriter {
  private static final int EMPTY_BLOCK = 0x40;

  final WasmOutput out;
  private final Indices meters;

  CodeWriter(WasmOutput out, Indices meters) {
    this.out = out;
    this.meters = meters;
  }

  CodeWriter op(int opcode) {
    if (opcode >= Opcodes.VECTOR) {
      out.u8(0xfd).u32(opcode - Opcodes.VECTOR);
    } else {
      out.u8(opcode);
    }
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

  /** The word's fuel, and what was put aside → fuel global, which is what a trap leaves. */
  CodeWriter storeFuel(int word) {
    return localGet(word)
        .i64(FuelWord.FUEL_SHIFT)
        .op(Opcodes.I64_SHR_S)
        .globalGet(meters.rest())
        .op(Opcodes.I64_ADD)
        .globalSet(meters.fuel());
  }

  /** The word's stack → stack global, in bytes. */
  CodeWriter storeStack(int word) {
    return localGet(word)
        .i64(FuelWord.STACK_MASK)
        .op(Opcodes.I64_AND)
        .i64(FuelWord.STACK_UNIT_SHIFT)
        .op(Opcodes.I64_SHL)
        .op(Opcodes.I32_WRAP_I64)
        .globalSet(meters.stack());
  }

  /** Leaves the word without {@code amount} on the stack. */
  CodeWriter less(int word, long amount) {
    return amount == 0 ? localGet(word) : localGet(word).i64(amount).op(Opcodes.I64_SUB);
  }

  CodeWriter charge(int word, long fuel) {
    return less(word, FuelWord.fuel(fuel)).localSet(word);
  }

  /** Charges, and ends the task if there is less than no fuel left. */
  CodeWriter chargeChecked(int word, long fuel) {
    return less(word, FuelWord.fuel(fuel)).storeChecked(word);
  }

  /** Stores the word on the stack in its local, and ends the task if its fuel is below zero. */
  CodeWriter storeChecked(int word) {
    return localTee(word).i64(0).op(Opcodes.I64_LT_S).outOfFuelIf(word);
  }

  /**
   * Ends the task, for want of fuel, if the condition on the stack holds. Written out, because V8
   * neither peels nor unrolls a loop that calls.
   */
  private CodeWriter outOfFuelIf(int word) {
    return beginIf().storeFuel(word).trap(Meters.REASON_FUEL).end();
  }

  /** Takes fuel and a frame, and ends the task if there was not enough of either. */
  CodeWriter enter(int word, long fuel, long frame) {
    return less(word, FuelWord.fuel(fuel) + frame)
        .localTee(word)
        .i64(FuelWord.EXHAUSTED)
        .op(Opcodes.I64_AND)
        .i64(0)
        .op(Opcodes.I64_NE)
        .exhaustedIf(word);
  }

  /** Ends the task, for what the word says, if the condition on the stack holds. */
  CodeWriter exhaustedIf(int word) {
    return beginIf()
        .localGet(word)
        .op(Opcodes.CALL, meters.exhaustedFunction())
        .op(Opcodes.UNREACHABLE)
        .end();
  }

  /**
   * Charges for the size on top of the stack, an i32, and leaves it there.
   *
   * @param perEightBytes whether the size counts bytes, charged by eight, or elements
   */
  CodeWriter chargeSize(int word, int sizeLocal, boolean perEightBytes, int unitCost) {
    localTee(sizeLocal).localGet(word).localGet(sizeLocal).op(Opcodes.I64_EXTEND_I32_U);
    if (perEightBytes) {
      i64(7).op(Opcodes.I64_ADD).i64(3).op(Opcodes.I64_SHR_U);
    }
    return i64(FuelWord.fuel(unitCost)).op(Opcodes.I64_MUL).op(Opcodes.I64_SUB).storeChecked(word);
  }

  /**
   * Charges all turns of a loop: {@code (distance − step) / step + 1}, or ends the task if the
   * counter can never meet its bound.
   */
  CodeWriter chargeTurns(int word, CountedLoop loop, int counterLocal, int boundLocal, long fuel) {
    int step = Math.abs(loop.step());
    localGet(word);
    distance(loop, counterLocal, boundLocal).i32(step).op(Opcodes.I32_SUB);
    if (step > 1) {
      i32(loop.stepShift()).op(Opcodes.I32_SHR_U);
    }
    op(Opcodes.I64_EXTEND_I32_U).i64(1).op(Opcodes.I64_ADD);
    i64(FuelWord.fuel(fuel)).op(Opcodes.I64_MUL).op(Opcodes.I64_SUB);
    localTee(word).i64(0).op(Opcodes.I64_LT_S);
    if (step > 1) {
      distance(loop, counterLocal, boundLocal).i32(step - 1).op(Opcodes.I32_AND).op(Opcodes.I32_OR);
    }
    return outOfFuelIf(word);
  }

  private CodeWriter distance(CountedLoop loop, int counterLocal, int boundLocal) {
    if (loop.step() > 0) {
      return bound(loop, boundLocal).localGet(counterLocal).op(Opcodes.I32_SUB);
    }
    return localGet(counterLocal).bound(loop, boundLocal).op(Opcodes.I32_SUB);
  }

  private CodeWriter bound(CountedLoop loop, int boundLocal) {
    return switch (loop.bound()) {
      case CountedLoop.Constant(int value) -> i32(value);
      case CountedLoop.Local _ -> localGet(boundLocal);
    };
  }
}
