package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReceiptTreeTest {
  private final RandomGenerator random = Seeds.random();

  @Test
  void provesEveryLeafOfTreesOfEverySize() {
    for (int size = 1; size <= 40; size++) {
      List<ReceiptLeaf> leaves = leaves(size);
      ReceiptTree tree = ReceiptTree.of(leaves);

      assertThat(tree.count()).isEqualTo(size);
      assertThat(tree.total())
          .isEqualTo(leaves.stream().map(ReceiptLeaf::amount).reduce(Amount.ZERO, Amount::plus));
      for (ReceiptLeaf leaf : leaves) {
        assertThat(ReceiptTree.verify(tree.root(), tree.total(), leaf, tree.prove(leaf))).isTrue();
      }
    }
  }

  @Test
  void doesNotDependOnTheOrderOfItsLeaves() {
    List<ReceiptLeaf> leaves = new ArrayList<>(leaves(30));
    Bytes32 root = ReceiptTree.of(leaves).root();

    Collections.shuffle(leaves, new Random(random.nextLong()));

    assertThat(ReceiptTree.of(leaves).root()).isEqualTo(root);
  }

  @Test
  void groupsByPayerAndLaneWithRequestsApart() {
    ReceiptTree tree =
        ReceiptTree.of(
            List.of(
                leaf(2, 0, 1, ReceiptLeaf.Kind.RECEIPT, 5),
                leaf(1, 1, 2, ReceiptLeaf.Kind.RECEIPT, 7),
                leaf(1, 0, 0, ReceiptLeaf.Kind.REQUEST, 11),
                leaf(1, 1, 1, ReceiptLeaf.Kind.VOID, 0),
                leaf(1, 0, 4, ReceiptLeaf.Kind.RECEIPT, 13)));

    assertThat(tree.groups()).extracting(ReceiptTree.Group::lane).containsExactly(0, 0, 1, 0);
    assertThat(tree.groups())
        .extracting(ReceiptTree.Group::isRequests)
        .containsExactly(false, true, false, false);
    assertThat(tree.groups())
        .extracting(ReceiptTree.Group::sum)
        .containsExactly(Amount.of(13), Amount.of(11), Amount.of(7), Amount.of(5));
    assertThat(tree.groups().get(2).leaves())
        .extracting(ReceiptLeaf::sequence)
        .containsExactly(1L, 2L);
  }

  @Test
  void refusesWhatWouldSettleTwice() {
    ReceiptLeaf leaf = leaf(1, 0, 4, ReceiptLeaf.Kind.RECEIPT, 13);
    ReceiptLeaf sameSequence = leaf(1, 0, 4, ReceiptLeaf.Kind.VOID, 0);
    ReceiptLeaf request = leaf(1, 0, 0, ReceiptLeaf.Kind.REQUEST, 13);

    assertThatThrownBy(() -> ReceiptTree.of(List.of(leaf, sameSequence)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReceiptTree.of(List.of(request, request)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReceiptTree.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesMoreLeavesOfAPayerThanAnAnswerFits() {
    List<ReceiptLeaf> leaves = new ArrayList<>();
    for (int i = 1; i <= ReceiptTree.GROUP_LEAVES_MAX; i++) {
      leaves.add(leaf(1, 0, i, ReceiptLeaf.Kind.RECEIPT, i));
    }
    assertThat(ReceiptTree.of(leaves).count()).isEqualTo(256);

    leaves.add(leaf(1, 0, 257, ReceiptLeaf.Kind.RECEIPT, 1));

    assertThatThrownBy(() -> ReceiptTree.of(leaves)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesProofsOfChangedLeavesSumsAndPaths() {
    List<ReceiptLeaf> leaves = leaves(23);
    ReceiptTree tree = ReceiptTree.of(leaves);
    ReceiptLeaf leaf = leaves.get(11);
    ReceiptTree.Proof proof = tree.prove(leaf);
    ReceiptLeaf dearer =
        new ReceiptLeaf(
            leaf.payer(),
            leaf.lane(),
            leaf.sequence(),
            leaf.kind(),
            leaf.receipt(),
            leaf.amount().plus(Amount.of(1)));

    assertThat(ReceiptTree.verify(tree.root(), tree.total(), dearer, proof)).isFalse();
    assertThat(ReceiptTree.verify(tree.root(), tree.total().plus(Amount.of(1)), leaf, proof))
        .isFalse();
    assertThat(ReceiptTree.verify(Bytes32.ZERO, tree.total(), leaf, proof)).isFalse();
    assertThat(
            ReceiptTree.verify(
                tree.root(),
                tree.total(),
                leaf,
                new ReceiptTree.Proof(proof.group(), proof.groupLeaves() + 1, proof.top())))
        .isFalse();
    for (int i = 0; i < proof.top().size(); i++) {
      List<ReceiptTree.Step> changed = new ArrayList<>(proof.top());
      ReceiptTree.Step step = changed.get(i);
      changed.set(i, new ReceiptTree.Step(step.hash(), step.sum(), !step.left()));
      assertThat(
              ReceiptTree.verify(
                  tree.root(),
                  tree.total(),
                  leaf,
                  new ReceiptTree.Proof(proof.group(), proof.groupLeaves(), changed)))
          .isFalse();
      changed.set(i, new ReceiptTree.Step(step.hash(), Amount.MAX, step.left()));
      assertThat(
              ReceiptTree.verify(
                  tree.root(),
                  tree.total(),
                  leaf,
                  new ReceiptTree.Proof(proof.group(), proof.groupLeaves(), changed)))
          .isFalse();
    }
  }

  private List<ReceiptLeaf> leaves(int size) {
    List<ReceiptLeaf> leaves = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      leaves.add(
          leaf(
              random.nextInt(4),
              random.nextInt(2),
              i,
              Seeds.pick(random, ReceiptLeaf.Kind.values()),
              random.nextInt(1000)));
    }
    return leaves;
  }

  private ReceiptLeaf leaf(int payer, int lane, long sequence, ReceiptLeaf.Kind kind, long amount) {
    byte[] account = new byte[20];
    account[19] = (byte) payer;
    return new ReceiptLeaf(
        new Address(Bytes.of(account)),
        lane,
        sequence,
        kind,
        Sha256.hash(Words.uint(BigInteger.valueOf(payer * 1000L + sequence))),
        Amount.of(amount));
  }
}
