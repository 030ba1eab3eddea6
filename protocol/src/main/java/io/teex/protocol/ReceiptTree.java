package io.teex.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Merkle-sum tree over what a batch settles, grouped by payer so that an answer to a challenge
 * about one payer fits a transaction.
 *
 * <pre>
 * leaf  = keccak(0x00 ‖ payer ‖ lane ‖ sequence ‖ kind ‖ receipt ‖ amount), its sum is the amount
 * node  = keccak(0x01 ‖ left hash ‖ left sum ‖ right hash ‖ right sum)
 * group = keccak(0x02 ‖ payer ‖ lane ‖ hash ‖ sum ‖ count) of the payer's own tree, a leaf on top
 * </pre>
 *
 * <p>Lane and count have 4 bytes, sequences 8, sums and amounts 16, all big-endian. An odd node is
 * paired with the empty node (zero hash, zero sum). Groups are sorted by payer, lane, and requests
 * after receipts and voids; leaves in a group by sequence, then receipt.
 */
public final class ReceiptTree {
  public static final int GROUP_LEAVES_MAX = 256;

  private static final int GROUP_STEPS_MAX = 8;
  private static final int TOP_STEPS_MAX = 31;

  private final List<Group> groups;
  private final SumTree top;

  private ReceiptTree(List<Group> groups) {
    this.groups = groups;
    this.top = new SumTree(groups.stream().map(Group::node).toList());
  }

  /**
   * @throws IllegalArgumentException if there is no leaf, a group is too large, or a lane has the
   *     same sequence twice or the tree the same receipt twice
   * @throws ArithmeticException if the total exceeds {@link Amount#MAX}
   */
  public static ReceiptTree of(List<ReceiptLeaf> leaves) {
    if (leaves.isEmpty()) {
      throw new IllegalArgumentException("a batch settles at least one task");
    }
    Map<GroupKey, List<ReceiptLeaf>> sorted = new TreeMap<>();
    for (ReceiptLeaf leaf : leaves) {
      sorted.computeIfAbsent(GroupKey.of(leaf), key -> new ArrayList<>()).add(leaf);
    }
    List<Group> groups = new ArrayList<>();
    sorted.forEach((key, members) -> groups.add(Group.of(key, members)));
    return new ReceiptTree(List.copyOf(groups));
  }

  public Bytes32 root() {
    return top.root().hash();
  }

  public Amount total() {
    return top.root().sum();
  }

  /** How many leaves there are. */
  public int count() {
    return groups.stream().mapToInt(group -> group.leaves().size()).sum();
  }

  /** The leaves by payer, in the tree's order. */
  public List<Group> groups() {
    return groups;
  }

  /**
   * The proof that a leaf lies in this tree.
   *
   * @throws IllegalArgumentException if it does not
   */
  public Proof prove(ReceiptLeaf leaf) {
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      int index = group.leaves().indexOf(leaf);
      if (index >= 0) {
        return new Proof(group.tree().path(index), group.leaves().size(), top.path(i));
      }
    }
    throw new IllegalArgumentException("the leaf is not in the tree");
  }

  /** Whether a leaf lies in the tree of this root and total. */
  public static boolean verify(Bytes32 root, Amount total, ReceiptLeaf leaf, Proof proof) {
    if (proof.group().size() > GROUP_STEPS_MAX || proof.top().size() > TOP_STEPS_MAX) {
      return false;
    }
    try {
      SumNode group = climb(new SumNode(leaf.hash(), leaf.amount()), proof.group());
      SumNode found =
          climb(groupNode(leaf.payer(), leaf.lane(), group, proof.groupLeaves()), proof.top());
      return found.equals(new SumNode(root, total));
    } catch (ArithmeticException e) {
      // Sums that overflow were made up.
      return false;
    }
  }

  private static SumNode climb(SumNode node, List<Step> path) {
    for (Step step : path) {
      SumNode sibling = new SumNode(step.hash(), step.sum());
      node = step.left() ? SumNode.parent(sibling, node) : SumNode.parent(node, sibling);
    }
    return node;
  }

  private static SumNode groupNode(Address payer, int lane, SumNode node, int count) {
    return new SumNode(
        Keccak.hash(
            ByteBuffer.allocate(1 + 20 + 4 + 32 + 16 + 4)
                .put((byte) 2)
                .put(payer.value().copy())
                .putInt(lane)
                .put(node.hash().copy())
                .put(SumNode.bytes(node.sum()))
                .putInt(count)
                .array()),
        node.sum());
  }

  /**
   * One sibling on the way from a leaf to the root.
   *
   * @param left whether the sibling stands to the left
   */
  public record Step(Bytes32 hash, Amount sum, boolean left) {}

  /**
   * @param group from the leaf to its group, lowest first
   * @param groupLeaves how many leaves the group has
   * @param top from the group to the root, lowest first
   */
  public record Proof(List<Step> group, @Uint(32) int groupLeaves, List<Step> top) {
    public Proof {
      Require.uint32("leaves", groupLeaves);
      group = List.copyOf(group);
      top = List.copyOf(top);
    }
  }

  /** What one payer pays out of one lane, or for her requests with that lane number. */
  public static final class Group {
    private final GroupKey key;
    private final List<ReceiptLeaf> leaves;
    private final SumTree tree;

    private Group(GroupKey key, List<ReceiptLeaf> leaves) {
      this.key = key;
      this.leaves = leaves;
      this.tree =
          new SumTree(
              leaves.stream().map(leaf -> new SumNode(leaf.hash(), leaf.amount())).toList());
    }

    private static Group of(GroupKey key, List<ReceiptLeaf> members) {
      if (members.size() > GROUP_LEAVES_MAX) {
        throw new IllegalArgumentException(
            "%d leaves of payer %s, at most %d fit"
                .formatted(members.size(), key.payer(), GROUP_LEAVES_MAX));
      }
      List<ReceiptLeaf> sorted = new ArrayList<>(members);
      sorted.sort(
          Comparator.comparingLong(ReceiptLeaf::sequence).thenComparing(ReceiptLeaf::receipt));
      for (int i = 1; i < sorted.size(); i++) {
        ReceiptLeaf leaf = sorted.get(i);
        ReceiptLeaf before = sorted.get(i - 1);
        boolean twice =
            key.requests()
                ? leaf.receipt().equals(before.receipt())
                : leaf.sequence() == before.sequence();
        if (twice) {
          throw new IllegalArgumentException(
              "payer %s, lane %d: sequence %d is there twice"
                  .formatted(key.payer(), key.lane(), leaf.sequence()));
        }
      }
      return new Group(key, List.copyOf(sorted));
    }

    public Address payer() {
      return key.payer();
    }

    public int lane() {
      return key.lane();
    }

    /** Whether the leaves are on-chain requests; otherwise receipts and voids of the lane. */
    public boolean isRequests() {
      return key.requests();
    }

    /** Sorted by sequence, then receipt. */
    public List<ReceiptLeaf> leaves() {
      return leaves;
    }

    public Amount sum() {
      return tree.root().sum();
    }

    private SumTree tree() {
      return tree;
    }

    private SumNode node() {
      return groupNode(payer(), lane(), tree.root(), leaves.size());
    }
  }

  private record GroupKey(Address payer, int lane, boolean requests)
      implements Comparable<GroupKey> {
    private static final Comparator<GroupKey> ORDER =
        Comparator.comparing(GroupKey::payer)
            .thenComparingInt(GroupKey::lane)
            .thenComparing(GroupKey::requests);

    static GroupKey of(ReceiptLeaf leaf) {
      return new GroupKey(leaf.payer(), leaf.lane(), leaf.kind() == ReceiptLeaf.Kind.REQUEST);
    }

    @Override
    public int compareTo(GroupKey other) {
      return ORDER.compare(this, other);
    }
  }
}
