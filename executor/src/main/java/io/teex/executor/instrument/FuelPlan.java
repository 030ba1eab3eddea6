package io.teex.executor.instrument;

import io.teex.executor.instrument.ControlFlow.Block;
import io.teex.executor.instrument.ControlFlow.Edge;
import io.teex.executor.instrument.ControlFlow.Loop;
import io.teex.executor.instrument.ControlFlow.Place;
import io.teex.executor.instrument.WasmModule.FunctionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/**
 * Where a function charges fuel, how much, and where it looks at what is left. At its end it has
 * charged what its blocks cost, to the unit. In between it may be behind, by {@link #BEHIND_MAX} at
 * most while it calls, but it is never further ahead than what is certainly still to be run: who is
 * given as much fuel as a task needs does not run out of it.
 */
final class FuelPlan {
  /** What each open call may have run without charge; more, and every block charges for itself. */
  static final long BEHIND_MAX = 4096;

  private static final long NO_WAY = Long.MAX_VALUE / 2;

  /** What is done in front of an instruction. */
  sealed interface Step {}

  record Charge(long amount) implements Step {}

  /** A charge, and the end of the task if then there is less than nothing left. */
  record CheckedCharge(long amount) implements Step {}

  /** All turns of a loop. */
  record ChargeTurns(CountedLoop loop, long amountOfOne) implements Step {}

  private final ControlFlow flow;
  private final Placement placement;
  private final boolean checked;
  private final Map<Loop, CountedLoop> counted = new LinkedHashMap<>();
  private final Map<Integer, List<Step>> before = new HashMap<>();
  private final Map<Integer, Long> taken = new HashMap<>();
  private final long shift;

  private FuelPlan(
      ControlFlow flow,
      FunctionCode code,
      Placement placement,
      boolean checked,
      IntPredicate checksAtEntry) {
    this.flow = flow;
    this.checked = checked;
    this.placement = placement;
    for (Loop loop : flow.loops()) {
      CountedLoop.recognise(flow, code, loop)
          .filter(_ -> chargesTurnsAlike(loop))
          .ifPresent(found -> counted.put(loop, found));
    }
    this.shift = aheadMax(remaining());
    chargeEdges();
    chargeBlocks(code, checksAtEntry);
    chargeEnds();
  }

  /**
   * @param checked whether the function looks at the fuel when it is entered
   * @param checksAtEntry which functions look at the fuel themselves when they are called
   */
  static FuelPlan of(
      WasmModule module,
      FunctionType type,
      FunctionCode code,
      CostTable costs,
      boolean checked,
      IntPredicate checksAtEntry) {
    ControlFlow flow = ControlFlow.of(module, type, code, costs);
    FuelPlan plan = new FuelPlan(flow, code, Placement.onChords(flow), checked, checksAtEntry);
    return plan.shift <= BEHIND_MAX && plan.behindMax() <= BEHIND_MAX
        ? plan
        : new FuelPlan(flow, code, Placement.everywhere(flow), checked, checksAtEntry);
  }

  /** What is charged when the function is entered. May be negative. */
  long atEntry() {
    return placement.ofBlock(0) - shift;
  }

  /** What is charged when it is left. */
  long atExit() {
    return shift;
  }

  List<Step> before(int instruction) {
    return before.getOrDefault(instruction, List.of());
  }

  /** What is charged if the {@code br_if} branches; zero if nothing is. */
  long taken(int instruction) {
    return taken.getOrDefault(instruction, 0L);
  }

  /** Whether the function is one block from its beginning to its end. */
  boolean isStraight(FunctionCode code) {
    return flow.blocks().size() == 1 && flow.blocks().getFirst().end() == code.count();
  }

  /** A turn of it charges no less than all turns' common part, which can be charged ahead then. */
  private boolean chargesTurnsAlike(Loop loop) {
    long turn = placement.ofBlock(loop.header());
    if (turn <= 0 || turn > CountedLoop.TURN_COST_MAX) {
      return false;
    }
    for (int block : flow.within(loop)) {
      if (placement.ofBlock(block) < 0
          || flow.from(block).stream().anyMatch(edge -> placement.ofEdge(edge) < 0)) {
        return false;
      }
    }
    return true;
  }

  /** The least that is run from the end of each block to the end of the function. */
  private long[] remaining() {
    List<List<Integer>> into = new ArrayList<>();
    flow.blocks().forEach(_ -> into.add(new ArrayList<>(2)));
    long[] remaining = new long[flow.blocks().size()];
    Arrays.fill(remaining, NO_WAY);
    record Open(int block, long remaining) {}
    PriorityQueue<Open> open = new PriorityQueue<>(Comparator.comparingLong(Open::remaining));
    for (Edge edge : flow.edges()) {
      if (edge.to() == ControlFlow.EXIT) {
        open.add(new Open(edge.from(), 0));
      } else {
        into.get(edge.to()).add(edge.from());
      }
    }
    while (!open.isEmpty()) {
      Open next = open.remove();
      if (remaining[next.block()] != NO_WAY) {
        continue;
      }
      remaining[next.block()] = next.remaining();
      long atBegin = next.remaining() + flow.blocks().get(next.block()).cost();
      into.get(next.block()).forEach(source -> open.add(new Open(source, atBegin)));
    }
    return remaining;
  }

  private boolean isExamined(int block) {
    return (block == 0 && checked) || flow.backs(block) > 0 || flow.blocks().get(block).examines();
  }

  /** How far ahead of what is certainly still to be run the fuel is, wherever it is looked at. */
  private long aheadMax(long[] remaining) {
    long max = 0;
    for (int block = 0; block < flow.blocks().size(); block++) {
      if (isExamined(block)) {
        max = Math.max(max, placement.aheadWithin(block) - remaining[block]);
      }
    }
    for (Loop loop : counted.keySet()) {
      // What its turns charge one by one comes after all the rest; what was charged in front of it
      // is then at most what is charged when it is left.
      for (int block : flow.within(loop)) {
        for (Edge edge : flow.from(block)) {
          if (edge.at() == loop.end()) {
            int next = edge.to();
            long toRun = remaining[next] + flow.blocks().get(next).cost();
            max = Math.max(max, placement.aheadBefore(next) - toRun);
          }
        }
      }
    }
    return max;
  }

  /** How far behind what was run the fuel is, where the function calls. */
  private long behindMax() {
    long max = 0;
    for (int block = 0; block < flow.blocks().size(); block++) {
      if (flow.blocks().get(block).calls()) {
        max = Math.max(max, shift - placement.aheadWithin(block));
      }
    }
    return max;
  }

  private void chargeEdges() {
    for (Edge edge : flow.edges()) {
      long amount = placement.ofEdge(edge);
      if (amount != 0) {
        switch (edge.place()) {
          case INTO -> add(edge.at(), new Charge(amount));
          case TAKEN -> taken.put(edge.at(), amount);
          case BEFORE -> {} // Behind the charges of blocks that begin at the same place.
          case NONE -> throw new IllegalStateException("no code can stand on " + edge);
        }
      }
    }
  }

  private void chargeBlocks(FunctionCode code, IntPredicate checksAtEntry) {
    for (int i = 1; i < flow.blocks().size(); i++) {
      Block block = flow.blocks().get(i);
      long amount = placement.ofBlock(i);
      Optional<Loop> loop = flow.headedBy(i);
      if (loop.isPresent() && counted.containsKey(loop.get())) {
        continue;
      }
      if (flow.backs(i) > 0 && !callsChecked(code, i, checksAtEntry)) {
        add(block.first(), new CheckedCharge(amount));
      } else if (amount != 0) {
        add(block.first(), new Charge(amount));
      }
    }
  }

  private void chargeEnds() {
    for (Edge edge : flow.edges()) {
      if (edge.place() == Place.BEFORE && placement.ofEdge(edge) != 0) {
        add(edge.at(), new Charge(placement.ofEdge(edge)));
      }
    }
    counted.forEach((loop, found) ->
        add(loop.begin(), new ChargeTurns(found, placement.ofBlock(loop.header()))));
  }

  /** Whether every turn of a loop passes a call, in its first block, that looks at the fuel. */
  private boolean callsChecked(FunctionCode code, int header, IntPredicate checksAtEntry) {
    Block block = flow.blocks().get(header);
    for (int i = block.first(); i < block.end(); i++) {
      if (code.opcode(i) == Opcodes.CALL && checksAtEntry.test((int) code.operand(i))) {
        return true;
      }
    }
    return false;
  }

  /** Charges at one place become one, up to where the fuel is looked at. */
  private void add(int instruction, Step step) {
    List<Step> steps = before.computeIfAbsent(instruction, _ -> new ArrayList<>(1));
    if (!steps.isEmpty() && steps.getLast() instanceof Charge(long earlier)) {
      switch (step) {
        case Charge(long amount) -> {
          steps.removeLast();
          if (earlier + amount != 0) {
            steps.add(new Charge(earlier + amount));
          }
          return;
        }
        case CheckedCharge(long amount) -> {
          steps.removeLast();
          steps.add(new CheckedCharge(earlier + amount));
          return;
        }
        case ChargeTurns _ -> {}
      }
    }
    steps.add(step);
  }
}
