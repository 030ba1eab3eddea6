package io.teex.executor.instrument;

import io.teex.executor.instrument.ControlFlow.Block;
import io.teex.executor.instrument.ControlFlow.Edge;
import io.teex.executor.instrument.ControlFlow.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Charges on as few and as rarely run edges as possible, so that every way through the function
 * charges what its blocks cost (Ball and Larus, "Optimally profiling and tracing programs", 1994).
 *
 * <p>Each block is split into where it begins and where it ends, with an edge of its cost in
 * between. The edges of a spanning tree of greatest frequency carry no charge. That fixes a
 * potential for every node, and each of the other edges, the chords, charges its cost plus the
 * difference of the potentials of its ends. So what was charged at a node is what was run plus the
 * node's potential; both are equal at the function's end, as entry and exit are joined by an edge
 * of the tree. Where no code can stand, nothing must be charged: such edges cost nothing and come
 * into the tree first, so that a cycle of them alone has equal potentials all along.
 */
final class Placement {
  private final ControlFlow flow;
  private final long[] ofBlocks;
  private final long[] ofEdges;

  /** Potentials of where blocks begin, at twice their number, and end, behind it. */
  private final long[] potentials;

  private Placement(ControlFlow flow, long[] ofBlocks, long[] ofEdges, long[] potentials) {
    this.flow = flow;
    this.ofBlocks = ofBlocks;
    this.ofEdges = ofEdges;
    this.potentials = potentials;
  }

  /** The charge at the beginning of a block. May be negative, as those of edges. */
  long ofBlock(int block) {
    return ofBlocks[block];
  }

  long ofEdge(Edge edge) {
    return ofEdges[edge.index()];
  }

  /** How much more than what was run is charged before the block begins. */
  long aheadBefore(int block) {
    return potentials[2 * block];
  }

  /** The same behind the charge at its beginning, if all of the block counts as run. */
  long aheadWithin(int block) {
    return potentials[2 * block + 1];
  }

  /** Every block charges for itself when it begins. */
  static Placement everywhere(ControlFlow flow) {
    long[] ofBlocks = flow.blocks().stream().mapToLong(Block::cost).toArray();
    return new Placement(
        flow, ofBlocks, new long[flow.edges().size()], new long[2 * ofBlocks.length]);
  }

  static Placement onChords(ControlFlow flow) {
    int exit = 2 * flow.blocks().size();
    List<Link> links = links(flow, exit);
    links.sort(Comparator.comparingDouble(Link::weight).reversed());
    UnionFind trees = new UnionFind(exit + 1);
    List<List<Link>> tree = new ArrayList<>();
    for (int i = 0; i <= exit; i++) {
      tree.add(new ArrayList<>(2));
    }
    List<Link> chords = new ArrayList<>();
    for (Link link : links) {
      if (trees.join(link.from(), link.to())) {
        tree.get(link.from()).add(link);
        tree.get(link.to()).add(link);
      } else {
        chords.add(link);
      }
    }
    long[] potentials = potentials(tree, exit);
    Placement placement =
        new Placement(
            flow,
            new long[flow.blocks().size()],
            new long[flow.edges().size()],
            Arrays.copyOf(potentials, exit));
    for (Link chord : chords) {
      placement.charge(chord, chord.cost() + potentials[chord.to()] - potentials[chord.from()]);
    }
    return placement;
  }

  /**
   * @param block or -1
   * @param edge or -1
   */
  private record Link(int from, int to, long cost, double weight, int block, int edge) {}

  private void charge(Link chord, long amount) {
    if (chord.block() >= 0) {
      ofBlocks[chord.block()] = amount;
    } else if (amount != 0 && flow.edges().get(chord.edge()).place() == Place.NONE) {
      throw new IllegalStateException("a charge of %d where no code can stand".formatted(amount));
    } else {
      ofEdges[chord.edge()] = amount;
    }
  }

  private static List<Link> links(ControlFlow flow, int exit) {
    Frequencies frequencies = Frequencies.of(flow);
    List<Link> links = new ArrayList<>();
    links.add(new Link(exit, 0, 0, Double.POSITIVE_INFINITY, -1, -1));
    for (int block = 0; block < flow.blocks().size(); block++) {
      // The head of a loop carries a check anyway, and a charge beside it is nearly free.
      boolean head = flow.backs(block) > 0;
      links.add(
          new Link(
              2 * block,
              2 * block + 1,
              flow.blocks().get(block).cost(),
              head ? -1 : frequencies.ofBlock(block),
              block,
              -1));
    }
    for (Edge edge : flow.edges()) {
      int to = edge.to() == ControlFlow.EXIT ? exit : 2 * edge.to();
      links.add(new Link(2 * edge.from() + 1, to, 0, weight(edge, frequencies), -1, edge.index()));
    }
    return links;
  }

  private static double weight(Edge edge, Frequencies frequencies) {
    return switch (edge.place()) {
      case NONE -> Double.POSITIVE_INFINITY;
      // A jump more.
      case TAKEN -> frequencies.ofEdge(edge) * 1.05;
      case BEFORE, INTO -> frequencies.ofEdge(edge);
    };
  }

  /** Zero at the exit; every block is reached from the entry, so the tree spans all nodes. */
  private static long[] potentials(List<List<Link>> tree, int exit) {
    long[] potentials = new long[exit + 1];
    boolean[] known = new boolean[exit + 1];
    Deque<Integer> open = new ArrayDeque<>();
    known[exit] = true;
    open.push(exit);
    while (!open.isEmpty()) {
      int node = open.pop();
      for (Link link : tree.get(node)) {
        boolean forward = link.from() == node;
        int other = forward ? link.to() : link.from();
        if (!known[other]) {
          known[other] = true;
          potentials[other] = potentials[node] + (forward ? -link.cost() : link.cost());
          open.push(other);
        }
      }
    }
    return potentials;
  }

  /** Which nodes are connected already (Tarjan). */
  private static final class UnionFind {
    private final int[] parents;

    UnionFind(int size) {
      parents = new int[size];
      Arrays.setAll(parents, i -> i);
    }

    private int root(int node) {
      int at = node;
      while (parents[at] != at) {
        parents[at] = parents[parents[at]];
        at = parents[at];
      }
      return at;
    }

    /** Connects the two; false if they were. */
    boolean join(int one, int other) {
      int first = root(one);
      int second = root(other);
      parents[first] = second;
      return first != second;
    }
  }
}
