package io.teex.attestation.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An item of a format whose items hold items. Immutable, so that what is not spoilt is shared. */
final class Tree {
  private final int head;
  private final boolean holds;
  private final byte[] content;
  private final List<Tree> children;
  private final long lie;
  private final int size;

  /** How it stands in a file, once somebody asked. */
  private volatile byte @Nullable [] encoded;

  private Tree(int head, boolean holds, byte[] content, List<Tree> children, long lie) {
    this.head = head;
    this.holds = holds;
    this.content = content;
    this.children = children;
    this.lie = lie;
    this.size = 1 + children.stream().mapToInt(child -> child.size).sum();
  }

  static Tree leaf(int head, byte[] content) {
    return new Tree(head, false, content, List.of(), 0);
  }

  static Tree branch(int head, byte[] content, List<Tree> children) {
    return new Tree(head, true, content, List.copyOf(children), 0);
  }

  /** Tells kinds of items apart; what it means is the format's. */
  int head() {
    return head;
  }

  /** Whether it holds items; with none it may hold no bytes either. */
  boolean holds() {
    return holds;
  }

  /** What it holds beside items. */
  byte[] content() {
    return content;
  }

  List<Tree> children() {
    return children;
  }

  /** By how much its announced length is wrong. */
  long lie() {
    return lie;
  }

  /** Of how many items it consists, itself among them. */
  int size() {
    return size;
  }

  Tree withHead(int other) {
    return new Tree(other, holds, content, children, lie);
  }

  Tree withLie(long other) {
    return new Tree(head, holds, content, children, other);
  }

  Tree withContent(byte[] other) {
    return new Tree(head, holds, other, children, lie);
  }

  Tree with(int at, Tree child) {
    List<Tree> more = new ArrayList<>(children);
    more.add(at, child);
    return new Tree(head, holds, content, List.copyOf(more), lie);
  }

  /** The item of this number, itself being 0. */
  Tree at(int index) {
    int left = index - 1;
    for (Tree child : children) {
      if (left >= 0 && left < child.size) {
        return child.at(left);
      }
      left -= child.size;
    }
    return this;
  }

  /**
   * With other items, or none, in the place of one.
   *
   * @param index its number; if it is 0, the first of the others
   */
  Tree replaced(int index, Function<Tree, List<Tree>> by) {
    if (index == 0) {
      List<Tree> others = by.apply(this);
      return others.isEmpty() ? this : others.getFirst();
    }
    List<Tree> changed = new ArrayList<>(children.size() + 1);
    int left = index - 1;
    for (Tree child : children) {
      if (left == 0) {
        changed.addAll(by.apply(child));
      } else {
        changed.add(left > 0 && left < child.size ? child.replaced(left, by) : child);
      }
      left -= child.size;
    }
    return new Tree(head, holds, content, List.copyOf(changed), lie);
  }

  byte[] encoded(Format format) {
    byte[] known = encoded;
    if (known == null) {
      known = format.encode(this);
      encoded = known;
    }
    return known;
  }

  /** How trees stand in a file. */
  interface Format {
    /** Null if the bytes are not of this format. */
    @Nullable Tree parse(byte[] bytes);

    byte[] encode(Tree tree);
  }
}
