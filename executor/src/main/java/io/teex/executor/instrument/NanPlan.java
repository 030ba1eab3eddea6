package io.teex.executor.instrument;

import io.teex.executor.instrument.WasmModule.FunctionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Behind which instructions a NaN is made canonical, so that every engine and processor computes
 * the same bits: those of WebAssembly's deterministic profile. That is not behind all arithmetic,
 * which would cost much, but only where the bits of what it computed can be seen: stored, taken for
 * an integer, given to a call or through a branch, asked for their sign. What arithmetic alone uses
 * again stays as it is, also in a local that never holds anything else. A NaN that was not
 * computed, such as one that was loaded, keeps its bits.
 */
final class NanPlan {
  /** Enough for code that compilers write; beyond that, no local may hold what is computed. */
  private static final int PASSES_MAX = 8;

  /** Entries of the operand stack; others are the instruction that the value comes from. */
  private static final int AS_IT_IS = -1;

  /** No NaN, so nothing that would have to keep its bits. */
  private static final int NEVER_NAN = -2;

  private final WasmModule module;
  private final FunctionType type;
  private final FunctionCode code;

  /** What locals hold that never hold a NaN from elsewhere; only of some is it known. */
  private final Map<Integer, FloatShape> computedLocals = new HashMap<>();

  private final BitSet otherLocals = new BitSet();

  /** What instructions leave on the stack that is computed; null for all others. */
  private final @Nullable FloatShape[] shapes;

  private final BitSet canonical = new BitSet();
  private final List<Frame> frames = new ArrayList<>();
  private int[] stack = new int[64];
  private int height;
  private boolean changed;
  private boolean believing = true;

  /**
   * @param height of the operand stack below its parameters
   */
  private record Frame(boolean loop, FunctionType type, int height) {
    int labelArity() {
      return loop ? type.parameters().size() : type.results().size();
    }
  }

  private NanPlan(WasmModule module, FunctionType type, FunctionCode code) {
    this.module = module;
    this.type = type;
    this.code = code;
    this.shapes = new FloatShape[code.count()];
  }

  static NanPlan of(WasmModule module, FunctionType type, FunctionCode code) {
    NanPlan plan = new NanPlan(module, type, code);
    if (plan.computes()) {
      plan.settle();
    }
    return plan;
  }

  /** What is to be made canonical behind an instruction. */
  Optional<FloatShape> behind(int instruction) {
    return canonical.get(instruction) ? Optional.ofNullable(shapes[instruction]) : Optional.empty();
  }

  boolean needs(byte scratchType) {
    return canonical.stream()
        .anyMatch(i -> {
          FloatShape shape = shapes[i];
          return shape != null && shape.type() == scratchType;
        });
  }

  private boolean computes() {
    for (int i = 0; i < code.count(); i++) {
      if (FloatShape.computedBy(code.opcode(i)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private void settle() {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
      walk();
      if (!changed) {
        return;
      }
    }
    believing = false;
    computedLocals.clear();
    walk();
  }

  private void walk() {
    changed = false;
    canonical.clear();
    Arrays.fill(shapes, null);
    frames.clear();
    height = 0;
    frames.add(new Frame(false, type, 0));
    for (int i = 0; i < code.count() && !frames.isEmpty(); i++) {
      step(i);
    }
  }

  private void step(int i) {
    int opcode = code.opcode(i);
    Opcodes.Shape shape = Opcodes.shape(opcode);
    switch (opcode) {
      case Opcodes.BLOCK, Opcodes.LOOP -> open(i, opcode);
      case Opcodes.IF -> {
        pop();
        open(i, opcode);
      }
      case Opcodes.ELSE -> {
        Frame open = frames.getLast();
        see(open.type().results().size());
        height = open.height();
        push(open.type().parameters().size(), AS_IT_IS);
      }
      case Opcodes.END -> {
        Frame closed = frames.removeLast();
        see(closed.type().results().size(), closed.height());
        height = closed.height();
        push(closed.type().results().size(), AS_IT_IS);
      }
      case Opcodes.BR -> {
        see(target(code.operand(i)).labelArity());
        unreachable();
      }
      case Opcodes.BR_IF -> {
        pop();
        see(target(code.operand(i)).labelArity());
      }
      case Opcodes.BR_TABLE -> {
        pop();
        // All labels take as many operands as the default one.
        WasmInput labels = code.labels(i);
        long label = 0;
        for (long left = labels.u32(); left >= 0; left--) {
          label = labels.u32();
        }
        see(target(label).labelArity());
        unreachable();
      }
      case Opcodes.RETURN -> {
        see(type.results().size());
        unreachable();
      }
      case Opcodes.UNREACHABLE -> unreachable();
      case Opcodes.CALL -> call(module.typeOf((int) code.operand(i)));
      case Opcodes.CALL_INDIRECT -> {
        pop();
        call(module.types().get((int) code.operand(i)));
      }
      case Opcodes.LOCAL_GET -> push(1, localGet(i));
      case Opcodes.LOCAL_SET -> localSet((int) code.operand(i), pop());
      case Opcodes.LOCAL_TEE -> {
        int value = pop();
        localSet((int) code.operand(i), value);
        push(1, value >= 0 && canonical.get(value) ? AS_IT_IS : value);
      }
      case Opcodes.DROP -> pop();
      case Opcodes.SELECT, Opcodes.SELECT_TYPED -> select(i);
      default -> plain(i, opcode, shape);
    }
  }

  private void plain(int i, int opcode, Opcodes.Shape shape) {
    Optional<FloatShape> computed = FloatShape.computedBy(opcode);
    if (computed.isPresent()) {
      for (int k = 0; k < shape.takes(); k++) {
        int operand = pop();
        // Lanes of another width see the bits; a single f32 that becomes an f64 is computed anew.
        boolean scalar = computed.get().type() != WasmModule.V128;
        if (operand >= 0 && !scalar && shapes[operand] != computed.get()) {
          canonical.set(operand);
        }
      }
      shapes[i] = computed.get();
      push(1, i);
    } else if (asksForNoBits(opcode)) {
      for (int k = 0; k < shape.takes(); k++) {
        pop();
      }
      push(shape.leaves(), AS_IT_IS);
    } else if (isAbsolute(opcode)) {
      // The absolute value of a canonical NaN is the canonical one.
      int operand = pop();
      if (operand >= 0) {
        shapes[i] = shapes[operand];
      }
      push(1, operand >= 0 ? i : operand);
    } else {
      see(shape.takes());
      for (int k = 0; k < shape.takes(); k++) {
        pop();
      }
      push(shape.leaves(), isNeverNan(i, opcode) ? NEVER_NAN : AS_IT_IS);
    }
  }

  /** Comparisons, and truncation to integers: only whether it is a NaN matters. */
  private static boolean asksForNoBits(int opcode) {
    return (opcode >= 0x5b && opcode <= 0x66)
        || (opcode >= 0xa8 && opcode <= 0xab)
        || (opcode >= 0xae && opcode <= 0xb1)
        || (opcode >= Opcodes.BULK && opcode <= Opcodes.BULK + 7);
  }

  private static boolean isAbsolute(int opcode) {
    return opcode == 0x8b || opcode == 0x99;
  }

  /** Converted integers and constants. */
  private boolean isNeverNan(int i, int opcode) {
    return (opcode >= 0xb2 && opcode <= 0xb5)
        || (opcode >= 0xb7 && opcode <= 0xba)
        || (opcode == 0x43 && !Float.isNaN(Float.intBitsToFloat((int) code.constantBits(i))))
        || (opcode == 0x44 && !Double.isNaN(Double.longBitsToDouble(code.constantBits(i))));
  }

  private void select(int i) {
    pop();
    int second = pop();
    int first = pop();
    int either = Math.max(first, second);
    FloatShape shape = either >= 0 ? shapes[either] : null;
    if (first == NEVER_NAN && second == NEVER_NAN) {
      push(1, NEVER_NAN);
    } else if (shape != null && isComputed(first, shape) && isComputed(second, shape)) {
      shapes[i] = shape;
      push(1, i);
    } else {
      seen(first);
      seen(second);
      push(1, AS_IT_IS);
    }
  }

  /** Whether nothing is lost if a NaN in the value is made canonical. */
  private boolean isComputed(int value, FloatShape shape) {
    return value == NEVER_NAN || (value >= 0 && shapes[value] == shape);
  }

  private int localGet(int i) {
    FloatShape shape = computedLocals.get((int) code.operand(i));
    if (shape == null) {
      return AS_IT_IS;
    }
    shapes[i] = shape;
    return i;
  }

  /** A local that has only ever been seen to hold what is computed is believed until it is not. */
  private void localSet(int local, int value) {
    FloatShape shape = value >= 0 ? shapes[value] : null;
    FloatShape known = computedLocals.get(local);
    boolean computed = shape != null && (known == null || known == shape);
    if (believing && local >= type.parameters().size() && !otherLocals.get(local)) {
      if (computed && known == null) {
        computedLocals.put(local, shape);
        changed = true;
      } else if (!computed && value != NEVER_NAN) {
        otherLocals.set(local);
        changed |= computedLocals.remove(local) != null;
      }
    }
    if (!computedLocals.containsKey(local)) {
      seen(value);
    }
  }

  private void open(int i, int opcode) {
    FunctionType blockType = BlockTypes.resolve(module, code.operand(i));
    int parameters = blockType.parameters().size();
    see(parameters);
    for (int k = 0; k < parameters; k++) {
      pop();
    }
    frames.add(new Frame(opcode == Opcodes.LOOP, blockType, height));
    push(parameters, AS_IT_IS);
  }

  private void call(FunctionType called) {
    see(called.parameters().size());
    for (int k = 0; k < called.parameters().size(); k++) {
      pop();
    }
    push(called.results().size(), AS_IT_IS);
  }

  private Frame target(long label) {
    return frames.get(frames.size() - 1 - (int) label);
  }

  private void unreachable() {
    height = frames.getLast().height();
  }

  /** The bits of the topmost operands are seen; they stay where they are. */
  private void see(int operands) {
    see(operands, frames.getLast().height());
  }

  private void see(int operands, int floor) {
    for (int k = height - 1; k >= Math.max(floor, height - operands); k--) {
      if (stack[k] >= 0) {
        canonical.set(stack[k]);
        stack[k] = AS_IT_IS;
      }
    }
  }

  private void seen(int value) {
    if (value >= 0) {
      canonical.set(value);
    }
  }

  /** What is not there, behind a branch, may be anything. */
  private int pop() {
    return height > frames.getLast().height() ? stack[--height] : AS_IT_IS;
  }

  private void push(int count, int value) {
    if (height + count > stack.length) {
      stack = Arrays.copyOf(stack, Math.max(2 * stack.length, height + count));
    }
    Arrays.fill(stack, height, height + count, value);
    height += count;
  }
}
