package io.teex.executor.instrument;

import io.teex.executor.instrument.ControlFlow.Edge;
import io.teex.executor.instrument.ControlFlow.Loop;
import java.util.Optional;

/**
 * A loop whose turns are known before the first one: at the end of each turn a local steps by a
 * power of two and is compared, for inequality, with what does not change. Its turns can be charged
 * at once.
 *
 * @param loop the loop
 * @param counter the local that steps
 * @param step by which it steps, plus or minus a power of two
 * @param bound what it is compared with
 */
record CountedLoop(Loop loop, int counter, int step, Bound bound) {
  /** Turns are multiplied by what one costs: bounded so that no product overflows. */
  static final long TURN_COST_MAX = 500;

  private static final int STEP_SHIFT_MAX = 6;

  /** What the counter is compared with. */
  sealed interface Bound {}

  record Constant(int value) implements Bound {}

  record Local(int index) implements Bound {}

  /** The exponent of the step's size. */
  int stepShift() {
    return Integer.numberOfTrailingZeros(step);
  }

  static Optional<CountedLoop> recognise(ControlFlow flow, FunctionCode code, Loop loop) {
    int branch = loop.end() - 1;
    if (!loop.innermost()
        || flow.backs(loop.header()) != 1
        || branch - 4 <= loop.begin()
        || code.opcode(branch) != Opcodes.BR_IF
        || code.operand(branch) != 0) {
      return Optional.empty();
    }
    return new Pattern(code, loop)
        .match(branch)
        .filter(found -> runsToItsEnd(flow, loop))
        .filter(found -> isSound(flow, code, found));
  }

  /** Nothing leaves it but the end of its last turn, and nothing in it looks at the fuel. */
  private static boolean runsToItsEnd(ControlFlow flow, Loop loop) {
    for (int block : flow.within(loop)) {
      if (flow.blocks().get(block).examines()) {
        return false;
      }
      for (Edge edge : flow.from(block)) {
        if (!flow.contains(loop, edge.to()) && edge.at() != loop.end()) {
          return false;
        }
      }
    }
    return true;
  }

  /** The counter steps once in the block that branches back, and the bound stays what it is. */
  private static boolean isSound(ControlFlow flow, FunctionCode code, CountedLoop found) {
    int sets = 0;
    int set = -1;
    for (int i = found.loop.begin(); i < found.loop.end(); i++) {
      if (code.opcode(i) == Opcodes.LOCAL_SET || code.opcode(i) == Opcodes.LOCAL_TEE) {
        if (found.bound instanceof Local(int index) && code.operand(i) == index) {
          return false;
        }
        if (code.operand(i) == found.counter) {
          sets++;
          set = i;
        }
      }
    }
    int last = found.loop.header();
    for (int block : flow.within(found.loop)) {
      if (flow.from(block).stream().anyMatch(Edge::back)) {
        last = block;
      }
    }
    return sets == 1
        && set >= flow.blocks().get(last).first()
        && Integer.bitCount(Math.abs(found.step)) == 1
        && found.stepShift() <= STEP_SHIFT_MAX;
  }

  /** The ways in which compilers write the end of such a loop. */
  private record Pattern(FunctionCode code, Loop loop) {

    /** A local that steps: {@code get, const, add or sub, set or tee}, the last one at a place. */
    private record Step(int counter, int by, int first) {}

    Optional<CountedLoop> match(int branch) {
      int condition = branch - 1;
      Optional<Step> toZero = stepAt(condition, Opcodes.LOCAL_TEE);
      if (toZero.isPresent()) {
        return toZero.map(step -> found(step, new Constant(0)));
      }
      if (code.opcode(condition) != Opcodes.I32_NE) {
        return Optional.empty();
      }
      return stepThenBound(condition)
          .or(() -> boundThenStep(condition))
          .or(() -> comparedLater(condition));
    }

    private CountedLoop found(Step step, Bound bound) {
      return new CountedLoop(loop, step.counter(), step.by(), bound);
    }

    private Optional<CountedLoop> stepThenBound(int ne) {
      return stepAt(ne - 2, Opcodes.LOCAL_TEE)
          .flatMap(step -> boundAt(ne - 1).map(bound -> found(step, bound)));
    }

    private Optional<CountedLoop> boundThenStep(int ne) {
      return stepAt(ne - 1, Opcodes.LOCAL_TEE)
          .flatMap(step -> boundAt(step.first() - 1).map(bound -> found(step, bound)));
    }

    /** Two locals, or a local and a constant; one of them stepped before, in the same block. */
    private Optional<CountedLoop> comparedLater(int ne) {
      return comparedLater(ne, ne - 2, ne - 1).or(() -> comparedLater(ne, ne - 1, ne - 2));
    }

    private Optional<CountedLoop> comparedLater(int ne, int counter, int other) {
      if (code.opcode(counter) != Opcodes.LOCAL_GET) {
        return Optional.empty();
      }
      for (int i = ne - 3; i > loop.begin(); i--) {
        boolean sets = code.opcode(i) == Opcodes.LOCAL_SET || code.opcode(i) == Opcodes.LOCAL_TEE;
        if (sets && code.operand(i) == code.operand(counter)) {
          return stepAt(i, code.opcode(i))
              .flatMap(step -> boundAt(other).map(bound -> found(step, bound)));
        }
      }
      return Optional.empty();
    }

    private Optional<Bound> boundAt(int i) {
      if (i <= loop.begin()) {
        return Optional.empty();
      }
      return switch (code.opcode(i)) {
        case Opcodes.I32_CONST -> Optional.of(new Constant((int) code.operand(i)));
        case Opcodes.LOCAL_GET -> Optional.of(new Local((int) code.operand(i)));
        default -> Optional.empty();
      };
    }

    private Optional<Step> stepAt(int i, int opcode) {
      if (i - 3 <= loop.begin()
          || code.opcode(i) != opcode
          || code.opcode(i - 2) != Opcodes.I32_CONST
          || code.opcode(i - 3) != Opcodes.LOCAL_GET
          || code.operand(i - 3) != code.operand(i)) {
        return Optional.empty();
      }
      int by = (int) code.operand(i - 2);
      return switch (code.opcode(i - 1)) {
        case Opcodes.I32_ADD -> Optional.of(new Step((int) code.operand(i), by, i - 3));
        case Opcodes.I32_SUB -> Optional.of(new Step((int) code.operand(i), -by, i - 3));
        default -> Optional.empty();
      };
    }
  }
}
