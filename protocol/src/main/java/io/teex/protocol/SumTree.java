package io.teex.protocol;

import java.util.ArrayList;
import java.util.List;

/** A Merkle-sum tree over at least one node; a single node is its own root. */
final class SumTree {
  private final List<List<SumNode>> levels = new ArrayList<>();

  SumTree(List<SumNode> leaves) {
    List<SumNode> level = leaves;
    levels.add(level);
    while (level.size() > 1) {
      List<SumNode> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        above.add(SumNode.parent(level.get(i), at(level, i + 1)));
      }
      level = above;
      levels.add(level);
    }
  }

  SumNode root() {
    return levels.getLast().getFirst();
  }

  List<ReceiptTree.Step> path(int index) {
    List<ReceiptTree.Step> path = new ArrayList<>();
    for (List<SumNode> level : levels.subList(0, levels.size() - 1)) {
      SumNode sibling = at(level, index ^ 1);
      path.add(new ReceiptTree.Step(sibling.hash(), sibling.sum(), index % 2 == 1));
      index /= 2;
    }
    return path;
  }

  private static SumNode at(List<SumNode> level, int index) {
    return index < level.size() ? level.get(index) : SumNode.EMPTY;
  }
}
