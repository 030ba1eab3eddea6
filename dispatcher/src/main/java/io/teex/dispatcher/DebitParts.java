package io.teex.dispatcher;

import io.teex.chain.Court;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Debit;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts what is not shown yet of a challenged debit into parts: each is all that lies under one node
 * of the lane's tree, and the largest of which nobody showed a leaf and that nodes pass on. A task
 * takes 3 KB and more, so the size is what limits a part; its gas is far from any limit then.
 */
final class DebitParts {
  /** What a transaction has around its call: nonce, fees, addresses and a signature. */
  private static final int ENVELOPE_BYTES_MAX = 512;

  private static final int CALL_BYTES_MAX = Posting.POOL_BYTES_MAX - ENVELOPE_BYTES_MAX;

  private final Tribunal.Challenge challenge;
  private final BatchHeader header;
  private final Facts facts;
  private final List<ReceiptLeaf> leaves;
  private final List<Court.Part> parts = new ArrayList<>();

  private DebitParts(
      Tribunal.Challenge challenge, BatchHeader header, Facts facts, List<ReceiptLeaf> leaves) {
    this.challenge = challenge;
    this.header = header;
    this.facts = facts;
    this.leaves = leaves;
  }

  static List<Court.Part> of(
      Tribunal.Challenge challenge, BatchHeader header, Facts facts, Debit debit) {
    DebitParts cut = new DebitParts(challenge, header, facts, facts.leaves(debit));
    cut.cut(0, facts.tree().prove(cut.leaves.getFirst()).group().size());
    return List.copyOf(cut.parts);
  }

  private void cut(int first, int height) {
    int end = Math.min(leaves.size(), first + (1 << height));
    long shown = shown(first, end);
    if (first >= end || shown == end - first) {
      return;
    }
    if (shown == 0) {
      Court.Part part = part(first, end, height);
      // One task always fits: OrderBounds keeps it below a quarter of the limit.
      if (height == 0 || Court.answerBytes(header, challenge.question(), part) <= CALL_BYTES_MAX) {
        parts.add(part);
        return;
      }
    }
    cut(first, height - 1);
    cut(first + (1 << (height - 1)), height - 1);
  }

  private long shown(int first, int end) {
    return IntStream.range(first, end).filter(challenge.shown()::testBit).count();
  }

  private Court.Part part(int first, int end, int height) {
    ReceiptTree.Proof proof = facts.tree().prove(leaves.get(first));
    BigInteger voids = BigInteger.ZERO;
    List<Court.Charge> charges = new ArrayList<>();
    List<Bytes> sessions = new ArrayList<>();
    for (int i = first; i < end; i++) {
      Task task = facts.tasks().get(leaves.get(i));
      if (task != null && task.state() instanceof TaskState.Acknowledged done) {
        charges.add(charge(task, done, sessions));
      } else {
        voids = voids.setBit(i - first);
      }
    }
    return new Court.Part(
        first,
        end - first,
        height,
        voids,
        charges,
        sessions.stream().map(DebitParts::session).toList(),
        proof.group().subList(height, proof.group().size()),
        proof.top());
  }

  /** Many orders of one session need its document once. */
  private static Court.Charge charge(Task task, TaskState.Acknowledged done, List<Bytes> sessions) {
    int session = 0;
    if (!task.session().isEmpty()) {
      if (!sessions.contains(task.session())) {
        sessions.add(task.session());
      }
      session = sessions.indexOf(task.session()) + 1;
    }
    return new Court.Charge(
        task.order().value(),
        task.order().signature(),
        session,
        done.receipt().value(),
        done.receipt().signature());
  }

  private static Court.SignedSession session(Bytes encoded) {
    Signed<Session> session = Signed.decode(Session.class, encoded.copy());
    return new Court.SignedSession(session.value(), session.signature());
  }
}
