package io.teex.executor.instrument;

import io.teex.executor.instrument.ControlFlow.Block;
import io.teex.executor.instrument.ControlFlow.Edge;
import io.teex.executor.instrument.ControlFlow.Loop;
import java.util.List;

/**
 * Guesses how often blocks and edges are run, for one run of the function: loops ten times, and
 * rather on than out. A wrong guess costs time, never exactness. The arithmetic is strict, so the
 * same on every machine.
 */
final class Frequencies {
  private static final double TURNS = 10;
  private static final double LIKELY = 0.9;

  private final ControlFlow flow;
  private final double[] ofBlocks;

  private Frequencies(ControlFlow flow) {
    this.flow = flow;
    this.ofBlocks = new double[flow.blocks().size()];
  }

  static Frequencies of(ControlFlow flow) {
    Frequencies frequencies = new Frequencies(flow);
    frequencies.propagate();
    return frequencies;
  }

  double ofBlock(int block) {
    return ofBlocks[block];
  }

  double ofEdge(Edge edge) {
    return ofBlocks[edge.from()] * probability(edge);
  }

  private void propagate() {
    ofBlocks[0] = 1;
    for (int block = 0; block < ofBlocks.length; block++) {
      if (flow.headedBy(block).isPresent()) {
        ofBlocks[block] *= TURNS;
      }
      for (Edge edge : flow.from(block)) {
        if (edge.to() != ControlFlow.EXIT && !edge.back()) {
          ofBlocks[edge.to()] += ofEdge(edge);
        }
      }
    }
  }

  private double probability(Edge edge) {
    List<Edge> ways = flow.from(edge.from());
    if (ways.size() != 2) {
      return 1.0 / ways.size();
    }
    Edge other = ways.get(ways.getFirst().index() == edge.index() ? 1 : 0);
    if (edge.back() != other.back()) {
      return edge.back() ? LIKELY : 1 - LIKELY;
    }
    boolean leaves = leavesLoop(edge);
    if (leaves != leavesLoop(other)) {
      return leaves ? 1 - LIKELY : LIKELY;
    }
    return 0.5;
  }

  private boolean leavesLoop(Edge edge) {
    if (edge.to() == ControlFlow.EXIT) {
      return true;
    }
    Block source = flow.blocks().get(edge.from());
    if (source.loop() == ControlFlow.NO_LOOP) {
      return false;
    }
    Loop loop = flow.loops().get(source.loop());
    return !flow.contains(loop, edge.to());
  }
}
