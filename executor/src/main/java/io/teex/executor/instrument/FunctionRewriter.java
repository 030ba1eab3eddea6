package io.teex.executor.instrument;

import io.teex.executor.instrument.FuelPlan.Step;
import io.teex.executor.instrument.Meters.Indices;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.executor.instrument.WasmModule.Range;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * Rewrites one function: it takes the {@link FuelWord} as its last parameter, keeps it there while
 * it runs, passes it through every call, and gives it back as its last result. The body stands in a
 * block of its own, so that every way out of the function passes the code behind that block.
 */
final class FunctionRewriter {
  /** Charged for a frame beside its slots: what engines keep there, generously. */
  private static final int FRAME_BYTES = 128;

  /** Every local and operand counts as the largest value type. */
  private static final int SLOT_BYTES = 16;

  /** The word and what the injected code keeps beside it. */
  private static final int ADDED_SLOTS = 5;

  /** A function that calls nothing and is no larger than this takes no stack. */
  private static final int LEAF_FRAME_BYTES_FREE = 4096;

  private final WasmModule module;
  private final FunctionCode code;
  private final CostTable costs;
  private final Indices meters;
  private final MeteredTypes types;
  private final FuelPlan plan;
  private final NanPlan nans;
  private final CodeWriter writer;
  private final FunctionType type;
  private final int word;

  /** Locals of the injected code by their types, in the order of their indices. */
  private final Map<Byte, Integer> scratch = new LinkedHashMap<>();

  private final boolean takesStack;
  private final long frame;
  private int nesting;

  private FunctionRewriter(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      FunctionAnalysis analysis,
      CostTable costs,
      Indices meters,
      MeteredTypes types,
      IntPredicate checksAtEntry) {
    this.module = module;
    this.type = type;
    this.code = code;
    this.costs = costs;
    this.meters = meters;
    this.types = types;
    this.writer = new CodeWriter(new WasmOutput(64 + 8 * code.count()), meters);
    this.word = type.parameters().size();
    this.nans = NanPlan.of(module, type, code);
    if (analysis.parksOperands()) {
      addScratch(WasmModule.I32);
    }
    for (byte each : new byte[] {WasmModule.F32, WasmModule.F64, WasmModule.V128}) {
      if (nans.needs(each)) {
        addScratch(each);
      }
    }
    long bytes =
        FRAME_BYTES
            + (long) SLOT_BYTES * (word + code.locals() + ADDED_SLOTS + analysis.heightMax());
    this.takesStack = analysis.calls() || bytes > LEAF_FRAME_BYTES_FREE;
    this.frame = takesStack ? FuelWord.frame(bytes) : 0;
    this.plan = FuelPlan.of(module, type, code, costs, takesStack, checksAtEntry);
  }

  /**
   * @param checksAtEntry which functions of the module call others, and so look at the fuel when
   *     they are entered
   */
  static WasmOutput rewrite(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      FunctionAnalysis analysis,
      CostTable costs,
      Indices meters,
      MeteredTypes types,
      IntPredicate checksAtEntry) {
    FunctionRewriter rewriter =
        new FunctionRewriter(module, type, code, analysis, costs, meters, types, checksAtEntry);
    rewriter.write();
    return rewriter.writer.out;
  }

  private void addScratch(byte ofType) {
    scratch.put(ofType, word + 1 + code.locals() + scratch.size());
  }

  /** Only asked for where the plans said that it is needed. */
  private int scratch(byte ofType) {
    return Objects.requireNonNull(scratch.get(ofType));
  }

  private void write() {
    Range locals = code.localsRange();
    writer.out.u32(code.localGroups() + (long) scratch.size());
    writer.out.raw(module.bytes(), locals.from(), locals.to());
    scratch.keySet().forEach(each -> writer.out.u32(1).u8(each));
    if (!takesStack && plan.isStraight(code)) {
      writeBody();
      writer.less(word, FuelWord.fuel(plan.atEntry() + plan.atExit())).end();
      return;
    }
    enter();
    writer.out.u8(Opcodes.BLOCK).signed(types.blockOf(type.results()));
    writeBody();
    writer.end().less(word, FuelWord.fuel(plan.atExit()) - frame).end();
  }

  private void enter() {
    if (takesStack) {
      writer.enter(word, plan.atEntry(), frame).storeFuel(word);
    } else if (plan.atEntry() != 0) {
      writer.charge(word, plan.atEntry());
    }
  }

  private void writeBody() {
    int last = code.count() - 1;
    for (int i = 0; i < last; i++) {
      plan.before(i).forEach(this::write);
      write(i);
      nans.behind(i).ifPresent(shape -> shape.canonicalise(writer, scratch(shape.type())));
    }
    plan.before(last).forEach(this::write);
  }

  private void write(Step step) {
    switch (step) {
      case FuelPlan.Charge(long amount) -> writer.charge(word, amount);
      case FuelPlan.CheckedCharge(long amount) -> writer.chargeChecked(word, amount);
      case FuelPlan.ChargeTurns(CountedLoop loop, long amount) -> {
        int bound =
            switch (loop.bound()) {
              case CountedLoop.Constant _ -> -1;
              case CountedLoop.Local(int index) -> local(index);
            };
        writer.chargeTurns(word, loop, local(loop.counter()), bound, amount);
      }
    }
  }

  /** The index of a local behind the word's insertion. */
  private int local(long index) {
    return (int) index + (index < word ? 0 : 1);
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
      case Opcodes.BR_IF -> branchIf(i);
      case Opcodes.RETURN -> writer.op(Opcodes.BR, nesting);
      case Opcodes.UNREACHABLE -> {
        writer.storeFuel(word);
        copy(i);
      }
      case Opcodes.LOCAL_GET, Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE ->
          writer.op(opcode, local(code.operand(i)));
      case Opcodes.REF_FUNC -> writer.op(opcode, meters.metered((int) code.operand(i)));
      case Opcodes.CALL ->
          writer
              .localGet(word)
              .op(Opcodes.CALL, meters.metered((int) code.operand(i)))
              .localSet(word);
      case Opcodes.CALL_INDIRECT -> {
        // The index into the table is on top of where the word belongs.
        int index = scratch(WasmModule.I32);
        writer.localSet(index).localGet(word).localGet(index);
        writer.op(opcode, types.metered((int) code.operand(i))).out.u32(code.table(i));
        writer.localSet(word);
      }
      case Opcodes.MEMORY_GROW ->
          writer.localGet(word).op(Opcodes.CALL, meters.growFunction()).localSet(word);
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

  private void branchIf(int i) {
    long amount = plan.taken(i);
    if (amount == 0) {
      copy(i);
      return;
    }
    writer.beginIf().charge(word, amount).op(Opcodes.BR, code.operand(i) + 1).end();
  }

  private void chargeSize(boolean perEightBytes, CostClass unit) {
    writer.chargeSize(word, scratch(WasmModule.I32), perEightBytes, costs.cost(unit));
  }

  private void copy(int i) {
    Range range = code.range(i);
    writer.out.raw(module.bytes(), range.from(), range.to());
  }
}
