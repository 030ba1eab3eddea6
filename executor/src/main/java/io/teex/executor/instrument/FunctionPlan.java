package io.teex.executor.instrument;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a function charges fuel, and how much: every basic block at its beginning, for all of its
 * instructions. Where the code may come back to (loops) and at the entry, the charge also checks
 * for exhaustion, so between two checks lies at most one function's straight line of code.
 */
final class FunctionPlan {
  /**
   * @param before the instruction in front of which it stands
   * @param checked whether fuel below zero ends the task here
   */
  record Charge(int before, long cost, boolean checked) {}

  private final List<Charge> charges = new ArrayList<>();
  private int begin;
  private boolean checked;
  private boolean reachable;
  private long cost;

  private FunctionPlan() {}

  /** The charges in order of their places. The first one stands at the entry. */
  static List<Charge> plan(FunctionCode code, FunctionAnalysis analysis, CostTable costs) {
    FunctionPlan plan = new FunctionPlan();
    plan.begin(0, true, true);
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < code.count(); i++) {
      int opcode = code.opcode(i);
      plan.cost += costs.cost(Opcodes.shape(opcode).cost());
      switch (opcode) {
        case Opcodes.BLOCK -> open.add(i);
        case Opcodes.LOOP -> {
          open.add(i);
          if (analysis.isTargeted(i)) {
            plan.begin(i + 1, true, true);
          }
        }
        case Opcodes.IF -> {
          open.add(i);
          plan.begin(i + 1, false, true);
        }
        case Opcodes.ELSE, Opcodes.BR_IF -> plan.begin(i + 1, false, true);
        case Opcodes.BR, Opcodes.BR_TABLE, Opcodes.RETURN, Opcodes.UNREACHABLE ->
            plan.begin(i + 1, false, false);
        case Opcodes.END -> {
          if (!open.isEmpty() && joins(code.opcode(open.getLast()), open.getLast(), analysis)) {
            plan.begin(i + 1, false, true);
          }
          if (!open.isEmpty()) {
            open.removeLast();
          }
        }
        default -> {}
      }
    }
    plan.finish();
    return List.copyOf(plan.charges);
  }

  /** Whether more than the block's own last instruction leads behind its end. */
  private static boolean joins(int opcode, int instruction, FunctionAnalysis analysis) {
    return switch (opcode) {
      case Opcodes.IF -> true;
      case Opcodes.BLOCK -> analysis.isTargeted(instruction);
      default -> false;
    };
  }

  private void begin(int at, boolean check, boolean canBeReached) {
    finish();
    begin = at;
    checked = check;
    reachable = canBeReached;
    cost = 0;
  }

  private void finish() {
    if (reachable && (cost > 0 || checked)) {
      charges.add(new Charge(begin, cost, checked));
    }
  }
}
