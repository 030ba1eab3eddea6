package io.teex.executor.instrument;

import static io.teex.executor.instrument.WasmInput.malformed;

import io.teex.executor.instrument.WasmModule.FunctionType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One walk over a function's control structure: whether it is one, whether it calls, and how high
 * its operand stack grows. On code that is not valid the numbers mean nothing, but the walk is
 * still safe and bounded.
 */
final class FunctionAnalysis {
  private final WasmModule module;
  private final FunctionCode code;
  private final ImageLimits limits;
  private final WorkBudget budget;
  private final FunctionType type;
  private final List<Frame> frames = new ArrayList<>();
  private int height;
  private int heightMax;
  private int branches;
  private boolean calls;
  private boolean parksOperands;

  /** A block that is open: its height is that of the operand stack below its parameters. */
  private record Frame(int opcode, FunctionType type, int height) {
    int labelArity() {
      return opcode == Opcodes.LOOP ? type.parameters().size() : type.results().size();
    }
  }

  private FunctionAnalysis(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      ImageLimits limits,
      WorkBudget budget) {
    this.module = module;
    this.type = type;
    this.code = code;
    this.limits = limits;
    this.budget = budget;
  }

  static FunctionAnalysis of(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      ImageLimits limits,
      WorkBudget budget) {
    FunctionAnalysis analysis = new FunctionAnalysis(module, type, code, limits, budget);
    analysis.walk();
    return analysis;
  }

  boolean calls() {
    return calls;
  }

  /** Whether it has an instruction whose last operand the injected code has to put aside. */
  boolean parksOperands() {
    return parksOperands;
  }

  /** The most operands on the stack at once. */
  int heightMax() {
    return heightMax;
  }

  private void walk() {
    frames.add(new Frame(Opcodes.BLOCK, type, 0));
    for (int i = 0; i < code.count(); i++) {
      if (frames.isEmpty()) {
        throw malformed("instructions after the end of a function");
      }
      budget.spend(1);
      step(i);
    }
    if (!frames.isEmpty()) {
      throw malformed("a function without its end");
    }
  }

  private void step(int i) {
    int opcode = code.opcode(i);
    Opcodes.Shape shape = Opcodes.shape(opcode);
    apply(shape.takes(), 0);
    switch (opcode) {
      case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> {
        open(i, opcode);
        count(1);
      }
      case Opcodes.ELSE -> {
        Frame open = frames.getLast();
        if (open.opcode() != Opcodes.IF) {
          throw malformed("an else without its if");
        }
        frames.set(frames.size() - 1, new Frame(Opcodes.ELSE, open.type(), open.height()));
        height = open.height() + open.type().parameters().size();
      }
      case Opcodes.END -> {
        Frame closed = frames.removeLast();
        height = closed.height() + closed.type().results().size();
        count(1);
        heightMax = Math.max(heightMax, height);
      }
      case Opcodes.BR -> {
        branch(code.operand(i));
        unreachable();
      }
      case Opcodes.BR_IF -> {
        branch(code.operand(i));
        count(2);
      }
      case Opcodes.BR_TABLE -> {
        BitSet targets = new BitSet();
        WasmInput labels = code.labels(i);
        for (long left = labels.u32(); left >= 0; left--) {
          long label = labels.u32();
          branch(label);
          targets.set((int) label);
        }
        count(targets.cardinality());
        unreachable();
      }
      case Opcodes.RETURN, Opcodes.UNREACHABLE -> unreachable();
      case Opcodes.CALL -> call(calledType(code.operand(i)));
      case Opcodes.CALL_INDIRECT -> {
        if (code.operand(i) >= module.types().size()) {
          throw malformed("an indirect call with type " + code.operand(i));
        }
        call(module.types().get((int) code.operand(i)));
      }
      default -> {}
    }
    boolean sized = shape.cost() == CostClass.BULK || shape.cost() == CostClass.GROW;
    parksOperands |= opcode == Opcodes.CALL_INDIRECT || (sized && opcode != Opcodes.MEMORY_GROW);
    apply(0, shape.leaves());
  }

  /** Each way costs memory while it is decided where to charge for it. */
  private void count(int ways) {
    branches += ways;
    if (branches > limits.branches()) {
      throw malformed("a function of more than %d branches".formatted(limits.branches()));
    }
  }

  private FunctionType calledType(long function) {
    if (function >= module.functions().size()) {
      throw malformed("a call of function %d of %d".formatted(function, module.functions().size()));
    }
    return module.typeOf((int) function);
  }

  private void open(int instruction, int opcode) {
    FunctionType blockType = BlockTypes.resolve(module, code.operand(instruction));
    int parameters = blockType.parameters().size();
    budget.spend(parameters + blockType.results().size());
    apply(parameters, 0);
    frames.add(new Frame(opcode, blockType, height));
    if (frames.size() > limits.nesting()) {
      throw malformed("blocks nested deeper than %d".formatted(limits.nesting()));
    }
    apply(0, parameters);
  }

  private void branch(long label) {
    if (label >= frames.size()) {
      throw malformed("a branch to label %d of %d".formatted(label, frames.size()));
    }
    Frame target = frames.get(frames.size() - 1 - (int) label);
    budget.spend(1 + label + target.labelArity());
  }

  private void call(FunctionType called) {
    calls = true;
    budget.spend(called.parameters().size() + called.results().size());
    apply(called.parameters().size(), called.results().size());
  }

  /** Behind a branch the stack is whatever the code wants it to be: nothing, for its height. */
  private void unreachable() {
    height = frames.isEmpty() ? 0 : frames.getLast().height();
  }

  private void apply(int takes, int leaves) {
    int floor = frames.isEmpty() ? 0 : frames.getLast().height();
    height = Math.max(floor, height - takes) + leaves;
    heightMax = Math.max(heightMax, height);
  }
}
