package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from keys to entries, ordered by key: an AVL tree that shares all unchanged
 * nodes with the map it was made from. A reader or a snapshot keeps its version for as long as it
 * likes, without locks, while the writer goes on.
 */
final class OrderedMap {
  static final OrderedMap EMPTY = new OrderedMap(null, 0, 0);

  private final @Nullable Node root;
  private final long size;
  private final long bytes;

  private OrderedMap(@Nullable Node root, long size, long bytes) {
    this.root = root;
    this.size = size;
    this.bytes = bytes;
  }

  /** A map of entries that are in the order of their keys, each key once. */
  static OrderedMap ofSorted(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += bytes(entry);
    }
    return new OrderedMap(build(entries, 0, entries.size()), entries.size(), bytes);
  }

  private static @Nullable Node build(List<Entry> entries, int from, int to) {
    if (from == to) {
      return null;
    }
    int middle = (from + to) >>> 1;
    return node(entries.get(middle), build(entries, from, middle), build(entries, middle + 1, to));
  }

  /**
   * @param bytes of the whole tree under it
   */
  private record Node(
      Entry entry, @Nullable Node left, @Nullable Node right, int height, long bytes) {}

  /** Number of entries. */
  long size() {
    return size;
  }

  /** Keys and values together. */
  long bytes() {
    return bytes;
  }

  /** Keys and values of a range together. */
  long bytes(KeyRange range) {
    return (range.to().isEmpty() ? bytes : bytesBefore(range.to())) - bytesBefore(range.from());
  }

  private long bytesBefore(Bytes key) {
    long sum = 0;
    Node node = root;
    while (node != null) {
      boolean before = node.entry.key().compareTo(key) < 0;
      if (before) {
        sum += bytes(node.left) + bytes(node.entry);
      }
      node = before ? node.right : node.left;
    }
    return sum;
  }

  Optional<Entry> find(Bytes key) {
    Node node = root;
    while (node != null) {
      int order = key.compareTo(node.entry.key());
      if (order == 0) {
        return Optional.of(node.entry);
      }
      node = order < 0 ? node.left : node.right;
    }
    return Optional.empty();
  }

  /** The map with {@code entry} in the place of any of the same key. */
  OrderedMap with(Entry entry) {
    Optional<Entry> before = find(entry.key());
    return new OrderedMap(
        put(root, entry),
        before.isPresent() ? size : size + 1,
        bytes - before.map(OrderedMap::bytes).orElse(0) + bytes(entry));
  }

  /** The map without {@code key}; itself if the key is absent. */
  OrderedMap without(Bytes key) {
    Optional<Entry> before = find(key);
    return before.isEmpty()
        ? this
        : new OrderedMap(remove(root, key), size - 1, bytes - bytes(before.get()));
  }

  /** Visits the entries of a range in order until the visitor returns false. */
  void visit(KeyRange range, Predicate<Entry> visitor) {
    visit(root, range, visitor);
  }

  private static boolean visit(@Nullable Node node, KeyRange range, Predicate<Entry> visitor) {
    if (node == null) {
      return true;
    }
    Bytes key = node.entry.key();
    boolean notBefore = key.compareTo(range.from()) >= 0;
    boolean notAfter = range.endsAfter(key);
    if (notBefore && !visit(node.left, range, visitor)) {
      return false;
    }
    if (notBefore && notAfter && !visitor.test(node.entry)) {
      return false;
    }
    return !notAfter || visit(node.right, range, visitor);
  }

  private static int bytes(Entry entry) {
    return entry.key().size() + entry.value().size();
  }

  private static Node put(@Nullable Node node, Entry entry) {
    if (node == null) {
      return node(entry, null, null);
    }
    int order = entry.key().compareTo(node.entry.key());
    if (order == 0) {
      return node(entry, node.left, node.right);
    }
    return order < 0
        ? balanced(node.entry, put(node.left, entry), node.right)
        : balanced(node.entry, node.left, put(node.right, entry));
  }

  private static @Nullable Node remove(@Nullable Node node, Bytes key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.entry.key());
    if (order < 0) {
      return balanced(node.entry, remove(node.left, key), node.right);
    }
    if (order > 0) {
      return balanced(node.entry, node.left, remove(node.right, key));
    }
    if (node.left == null) {
      return node.right;
    }
    if (node.right == null) {
      return node.left;
    }
    Entry next = first(node.right);
    return balanced(next, node.left, remove(node.right, next.key()));
  }

  private static Entry first(Node node) {
    Node at = node;
    while (at.left != null) {
      at = at.left;
    }
    return at.entry;
  }

  /** A node over two trees whose heights differ by at most two. */
  private static Node balanced(Entry entry, @Nullable Node left, @Nullable Node right) {
    int lean = height(left) - height(right);
    if (lean > 1 && left != null) {
      Node inner = left.right;
      if (inner != null && height(left.left) < inner.height) {
        return node(
            inner.entry, node(left.entry, left.left, inner.left), node(entry, inner.right, right));
      }
      return node(left.entry, left.left, node(entry, left.right, right));
    }
    if (lean < -1 && right != null) {
      Node inner = right.left;
      if (inner != null && height(right.right) < inner.height) {
        return node(
            inner.entry,
            node(entry, left, inner.left),
            node(right.entry, inner.right, right.right));
      }
      return node(right.entry, node(entry, left, right.left), right.right);
    }
    return node(entry, left, right);
  }

  private static Node node(Entry entry, @Nullable Node left, @Nullable Node right) {
    return new Node(
        entry,
        left,
        right,
        1 + Math.max(height(left), height(right)),
        bytes(entry) + bytes(left) + bytes(right));
  }

  private static long bytes(@Nullable Node node) {
    return node == null ? 0 : node.bytes;
  }

  private static int height(@Nullable Node node) {
    return node == null ? 0 : node.height;
  }

  /** Fails unless the tree is ordered and balanced; for tests. */
  void check() {
    check(root);
  }

  private static int check(@Nullable Node node) {
    if (node == null) {
      return 0;
    }
    int left = check(node.left);
    int right = check(node.right);
    boolean ordered =
        (node.left == null || node.left.entry.key().compareTo(node.entry.key()) < 0)
            && (node.right == null || node.right.entry.key().compareTo(node.entry.key()) > 0);
    if (!ordered || Math.abs(left - right) > 1 || node.height != 1 + Math.max(left, right)) {
      throw new IllegalStateException("the tree is broken at " + node.entry);
    }
    return node.height;
  }
}
