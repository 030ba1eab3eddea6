package io.teex.executor.instrument;

import io.teex.executor.instrument.FunctionPlan.Charge;
import io.teex.executor.instrument.Meters.Indices;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.executor.instrument.WasmModule.Range;
import java.util.List;

/**
 * Rewrites one function. Fuel lives in a local while the function runs, is stored in the global
 * before every call and at the end, and loaded again behind every call. The body stands in a block
 * of its own, so that every way out of the function passes the code behind that block.
 */
final class FunctionRewriter {
  /** Charged for a frame beside its slots: what engines keep there, generously. */
  private static final int FRAME_BYTES = 128;

  /** Every local and operand counts as the largest value type. */
  private static final int SLOT_BYTES = 16;

  /** A function that calls nothing and is no larger than this takes no stack. */
  private static final int LEAF_FRAME_BYTES_FREE = 4096;

  private final WasmModule module;
  private final FunctionCode code;
  private final FunctionAnalysis analysis;
  private final CostTable costs;
  private final Indices meters;
  private final List<Charge> charges;
  private final long wrapperType;
  private final CodeWriter writer;
  private final int fuelLocal;
  private final int sizeLocal;
  private final int frameBytes;
  private int nesting;

  private FunctionRewriter(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      FunctionAnalysis analysis,
      CostTable costs,
      Indices meters,
      long wrapperType) {
    this.module = module;
    this.code = code;
    this.analysis = analysis;
    this.costs = costs;
    this.meters = meters;
    this.charges = FunctionPlan.plan(code, analysis, costs);
    this.wrapperType = wrapperType;
    this.writer = new CodeWriter(new WasmOutput(64 + 12 * code.count()), meters);
    this.fuelLocal = type.parameters().size() + code.locals();
    this.sizeLocal = fuelLocal + 1;
    this.frameBytes = FRAME_BYTES + SLOT_BYTES * (fuelLocal + 2 + analysis.heightMax());
  }

  /**
   * @param wrapperType block type without parameters and with the function's results
   */
  static WasmOutput rewrite(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      FunctionAnalysis analysis,
      CostTable costs,
      Indices meters,
      long wrapperType) {
    FunctionRewriter rewriter =
        new FunctionRewriter(module, type, code, analysis, costs, meters, wrapperType);
    rewriter.write();
    return rewriter.writer.out;
  }

  private void write() {
    Range locals = code.localsRange();
    boolean straight = charges.size() == 1 && !analysis.calls() && !analysis.sizedOperations();
    int added = straight ? 0 : analysis.sizedOperations() ? 2 : 1;
    writer.out.u32(code.localGroups() + added).raw(module.bytes(), locals.from(), locals.to());
    if (added > 0) {
      writer.out.u32(1).u8(WasmModule.I64);
    }
    if (added > 1) {
      writer.out.u32(1).u8(WasmModule.I32);
    }
    if (straight) {
      writeStraight();
    } else {
      writeGeneral();
    }
  }

  /** A function that is one block: one charge at its entry, straight from the global. */
  private void writeStraight() {
    boolean frame = takesStack();
    if (frame) {
      writer.enterFrame(frameBytes).leaveFrame(frameBytes);
    }
    if (charges.getFirst().cost() > 0) {
      writer.chargeGlobal(charges.getFirst().cost());
    }
    writer.out.raw(module.bytes(), code.localsRange().to(), code.range(code.count() - 1).to());
  }

  private void writeGeneral() {
    boolean frame = takesStack();
    if (frame) {
      writer.enterFrame(frameBytes);
    }
    writer.reload(fuelLocal);
    int next = 0;
    writer.charge(fuelLocal, charges.getFirst().cost(), true);
    next++;
    writer.out.u8(Opcodes.BLOCK).signed(wrapperType);
    for (int i = 0; i < code.count(); i++) {
      if (next < charges.size() && charges.get(next).before() == i) {
        Charge charge = charges.get(next++);
        writer.charge(fuelLocal, charge.cost(), charge.checked());
      }
      write(i);
    }
    if (frame) {
      writer.leaveFrame(frameBytes);
    }
    writer.flush(fuelLocal).end();
  }

  private boolean takesStack() {
    return analysis.calls() || frameBytes > LEAF_FRAME_BYTES_FREE;
  }

  private void write(int i) {
    int opcode = code.opcode(i);
    switch (opcode) {
      case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> {
        nesting++;
        copy(i);
      }
      case Opcodes.END -> {
        nesting--;
        copy(i);
      }
      case Opcodes.RETURN -> writer.op(Opcodes.BR, nesting);
      case Opcodes.CALL, Opcodes.CALL_INDIRECT -> {
        writer.flush(fuelLocal);
        copy(i);
        writer.reload(fuelLocal);
      }
      case Opcodes.MEMORY_GROW ->
          writer.flush(fuelLocal).op(Opcodes.CALL, meters.growFunction()).reload(fuelLocal);
      case Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL, Opcodes.MEMORY_INIT -> {
        chargeSize(true, CostClass.BULK_EIGHT_BYTES);
        copy(i);
      }
      case Opcodes.TABLE_COPY, Opcodes.TABLE_FILL, Opcodes.TABLE_INIT, Opcodes.TABLE_GROW -> {
        chargeSize(false, CostClass.BULK_ELEMENT);
        copy(i);
      }
      default -> copy(i);
    }
  }

  private void chargeSize(boolean perEightBytes, CostClass unit) {
    writer.chargeSize(fuelLocal, sizeLocal, perEightBytes, costs.cost(unit));
  }

  private void copy(int i) {
    Range range = code.range(i);
    writer.out.raw(module.bytes(), range.from(), range.to());
  }
}
