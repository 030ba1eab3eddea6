package io.teex.executor.instrument;

import io.teex.executor.instrument.WasmModule.FunctionType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The basic blocks of a function and the ways between them. Code that nothing leads to has no
 * blocks. Blocks are numbered in the order of the code, so only branches back to a loop lead from a
 * higher number to a lower one.
 */
final class ControlFlow {
  /** Stands for the end of the function as the target of an edge. */
  static final int EXIT = -1;

  static final int NO_LOOP = -1;

  /** Where code can be put that runs exactly when an edge is taken. */
  enum Place {
    /** In front of the instruction {@link Edge#at()}, the last of the block that it leaves. */
    BEFORE,
    /** At the beginning of the block that it leads to, which nothing else leads to. */
    INTO,
    /** Around the {@code br_if} at {@link Edge#at()}, which becomes an {@code if}. */
    TAKEN,
    /** Nowhere. */
    NONE
  }

  /**
   * @param first index of its first instruction
   * @param end index behind its last one
   * @param loop the innermost loop that it is in, or {@link #NO_LOOP}
   * @param cost of its instructions together
   * @param calls whether control leaves the function in between
   * @param examines whether it looks at the fuel that is left: it calls, or charges for a size
   */
  record Block(int first, int end, int loop, long cost, boolean calls, boolean examines) {}

  /**
   * @param index its place in {@link #edges()}
   */
  record Edge(int index, int from, int to, Place place, int at, boolean back) {}

  /**
   * @param header its first block, entered from in front of it and by branches back
   * @param begin index of its {@code loop} instruction
   * @param end index of its {@code end}
   * @param innermost whether no other loop is in it
   */
  record Loop(int header, int begin, int end, int depth, boolean innermost) {}

  private final List<Block> blocks;
  private final List<Edge> edges;
  private final List<Loop> loops;
  private final List<List<Edge>> from;
  private final int[] backs;

  private ControlFlow(List<Block> blocks, List<Edge> edges, List<Loop> loops) {
    this.blocks = List.copyOf(blocks);
    this.edges = List.copyOf(edges);
    this.loops = List.copyOf(loops);
    this.from = new ArrayList<>();
    blocks.forEach(_ -> from.add(new ArrayList<>(2)));
    this.backs = new int[blocks.size()];
    for (Edge edge : edges) {
      from.get(edge.from()).add(edge);
      if (edge.back()) {
        backs[edge.to()]++;
      }
    }
  }

  static ControlFlow of(WasmModule module, FunctionType type, FunctionCode code, CostTable costs) {
    return new Builder(module, code, costs).build(type.results().size());
  }

  List<Block> blocks() {
    return blocks;
  }

  List<Edge> edges() {
    return edges;
  }

  List<Loop> loops() {
    return loops;
  }

  /** The edges that leave a block. */
  List<Edge> from(int block) {
    return from.get(block);
  }

  /** The loop that a block is the header of. */
  Optional<Loop> headedBy(int block) {
    int loop = block == EXIT ? NO_LOOP : blocks.get(block).loop();
    return loop != NO_LOOP && loops.get(loop).header() == block
        ? Optional.of(loops.get(loop))
        : Optional.empty();
  }

  /** How many branches lead back to a block; only to headers there are any. */
  int backs(int block) {
    return backs[block];
  }

  boolean contains(Loop loop, int block) {
    if (block == EXIT) {
      return false;
    }
    int first = blocks.get(block).first();
    return first > loop.begin() && first <= loop.end();
  }

  /** The blocks of a loop: all that are numbered from its header to the last one in it. */
  Iterable<Integer> within(Loop loop) {
    return IntStream.range(loop.header(), blocks.size()).takeWhile(block -> contains(loop, block))
        ::iterator;
  }

  /** Follows the instructions once, with the blocks that are open around them. */
  private static final class Builder {
    private static final int NOWHERE = -2;

    private final WasmModule module;
    private final FunctionCode code;
    private final CostTable costs;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<Loop> loops = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private int current = NOWHERE;
    private int loop = NO_LOOP;
    private long cost;
    private boolean calls;
    private boolean examines;

    Builder(WasmModule module, FunctionCode code, CostTable costs) {
      this.module = module;
      this.code = code;
      this.costs = costs;
    }

    /** An edge whose target is not known yet. */
    private record Way(int from, Place place, int at) {}

    /** A structured instruction that is open; edges to its end wait until that is reached. */
    private static final class Frame {
      final int opcode;
      final int labelArity;
      final int header;
      final int outerLoop;

      /** The block that ended with the {@code if}, until its {@code else} was seen. */
      int condition;

      final List<Way> pending = new ArrayList<>(2);

      Frame(int opcode, int labelArity, int header, int outerLoop, int condition) {
        this.opcode = opcode;
        this.labelArity = labelArity;
        this.header = header;
        this.outerLoop = outerLoop;
        this.condition = condition;
      }
    }

    ControlFlow build(int results) {
      frames.add(new Frame(Opcodes.BLOCK, results, NOWHERE, NO_LOOP, NOWHERE));
      begin(0);
      for (int i = 0; i < code.count(); i++) {
        step(i);
      }
      return new ControlFlow(blocks, edges, loops);
    }

    private void step(int i) {
      int opcode = code.opcode(i);
      Opcodes.Shape shape = Opcodes.shape(opcode);
      cost += costs.cost(shape.cost());
      switch (opcode) {
        case Opcodes.BLOCK -> frames.add(frame(i, NOWHERE, NOWHERE));
        case Opcodes.LOOP -> openLoop(i);
        case Opcodes.IF -> {
          int condition = finish(i);
          frames.add(frame(i, NOWHERE, condition));
          follow(condition, i + 1);
        }
        case Opcodes.ELSE -> {
          Frame open = frames.getLast();
          int end = finish(i);
          pend(open, end, Place.BEFORE, i);
          follow(open.condition, i + 1);
          open.condition = NOWHERE;
        }
        case Opcodes.END -> close(i);
        case Opcodes.BR -> branch(finish(i), code.operand(i), Place.BEFORE, i);
        case Opcodes.BR_IF -> {
          int end = finish(i);
          Frame target = target(code.operand(i));
          boolean bare = target.labelArity == 0 && target.opcode != Opcodes.LOOP;
          branch(end, code.operand(i), bare ? Place.TAKEN : Place.NONE, i);
          follow(end, i + 1);
        }
        case Opcodes.BR_TABLE -> branchTable(i);
        case Opcodes.RETURN -> pend(frames.getFirst(), finish(i), Place.BEFORE, i);
        case Opcodes.UNREACHABLE -> finish(i);
        case Opcodes.CALL, Opcodes.CALL_INDIRECT, Opcodes.MEMORY_GROW -> {
          calls = true;
          examines = true;
        }
        default -> examines |= shape.cost() == CostClass.BULK || shape.cost() == CostClass.GROW;
      }
    }

    private Frame frame(int i, int header, int condition) {
      FunctionType type = BlockTypes.resolve(module, code.operand(i));
      boolean isLoop = code.opcode(i) == Opcodes.LOOP;
      int arity = (isLoop ? type.parameters() : type.results()).size();
      return new Frame(code.opcode(i), arity, header, loop, condition);
    }

    private void openLoop(int i) {
      int before = finish(i);
      frames.add(frame(i, before == NOWHERE ? NOWHERE : blocks.size(), NOWHERE));
      if (before == NOWHERE) {
        return;
      }
      int depth = 1;
      if (loop != NO_LOOP) {
        Loop outer = loops.get(loop);
        depth += outer.depth();
        loops.set(loop, new Loop(outer.header(), outer.begin(), outer.end(), outer.depth(), false));
      }
      loop = loops.size();
      // Its end is not known yet.
      loops.add(new Loop(blocks.size(), i, Integer.MAX_VALUE, depth, true));
      add(before, blocks.size(), Place.BEFORE, i, false);
      begin(i + 1);
    }

    private void close(int i) {
      Frame closed = frames.removeLast();
      if (frames.isEmpty()) {
        pend(closed, finish(i), Place.BEFORE, i);
        closed.pending.forEach(way -> add(way.from(), EXIT, way.place(), way.at(), false));
        return;
      }
      if (closed.opcode == Opcodes.LOOP) {
        int end = finish(i);
        if (closed.header != NOWHERE) {
          Loop inner = loops.get(loop);
          loops.set(
              loop, new Loop(inner.header(), inner.begin(), i, inner.depth(), inner.innermost()));
          loop = closed.outerLoop;
        }
        if (end != NOWHERE) {
          add(end, blocks.size(), Place.BEFORE, i, false);
          begin(i + 1);
        }
        return;
      }
      pend(closed, closed.condition, Place.NONE, i);
      if (!closed.pending.isEmpty()) {
        pend(closed, finish(i), Place.BEFORE, i);
        int next = blocks.size();
        closed.pending.forEach(way -> add(way.from(), next, way.place(), way.at(), false));
        begin(i + 1);
      }
    }

    private void add(int from, int to, Place place, int at, boolean back) {
      edges.add(new Edge(edges.size(), from, to, place, at, back));
    }

    private void branchTable(int i) {
      int end = finish(i);
      Set<Long> seen = new HashSet<>();
      WasmInput labels = code.labels(i);
      for (long left = labels.u32(); left >= 0; left--) {
        long label = labels.u32();
        if (seen.add(label)) {
          branch(end, label, Place.NONE, i);
        }
      }
    }

    private Frame target(long label) {
      return frames.get(frames.size() - 1 - (int) label);
    }

    private void branch(int source, long label, Place place, int at) {
      Frame target = target(label);
      if (target.opcode != Opcodes.LOOP) {
        pend(target, source, place, at);
      } else if (source != NOWHERE) {
        add(source, target.header, place, at, true);
      }
    }

    /** Whether there is anything to come from is decided here. */
    private static void pend(Frame target, int source, Place place, int at) {
      if (source != NOWHERE) {
        target.pending.add(new Way(source, place, at));
      }
    }

    /** Begins a block that only {@code source} leads to. */
    private void follow(int source, int first) {
      if (source != NOWHERE) {
        add(source, blocks.size(), Place.INTO, first, false);
        begin(first);
      }
    }

    private void begin(int first) {
      current = blocks.size();
      blocks.add(new Block(first, first, loop, 0, false, false));
      cost = 0;
      calls = false;
      examines = false;
    }

    /** Ends the current block behind the instruction {@code last}, and says which it was. */
    private int finish(int last) {
      int finished = current;
      if (finished != NOWHERE) {
        Block block = blocks.get(finished);
        blocks.set(
            finished, new Block(block.first(), last + 1, block.loop(), cost, calls, examines));
      }
      current = NOWHERE;
      return finished;
    }
  }
}
