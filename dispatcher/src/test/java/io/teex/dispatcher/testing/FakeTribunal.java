package io.teex.dispatcher.testing;

import io.teex.chain.Court;
import io.teex.dispatcher.Tribunal;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Signed;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A court in memory: it keeps what it is shown, and what was asked is open until all is shown. */
public final class FakeTribunal implements Tribunal {
  public final List<Court.Question> asked = new ArrayList<>();
  public final List<Bytes32> demanded = new ArrayList<>();
  public final List<Court.Part> parts = new ArrayList<>();
  public final List<ReceiptLeaf> leaves = new ArrayList<>();
  public Duration memory = Duration.ofHours(3);
  public BigInteger shown = BigInteger.ZERO;

  /** How often this dispatcher came for what it won. */
  public int collected;

  @Override
  public List<Challenge> challenges() {
    return asked.stream().map(question -> new Challenge(question, shown)).toList();
  }

  @Override
  public List<Bytes32> demands() {
    return List.copyOf(demanded);
  }

  @Override
  public void answer(Challenge challenge, BatchHeader header, Court.Part part) {
    parts.add(part);
  }

  @Override
  public void answer(
      Challenge challenge,
      BatchHeader header,
      int lane,
      Signed<Receipt> receipt,
      ReceiptTree.Proof proof) {
    asked.remove(challenge.question());
  }

  @Override
  public void answer(BatchHeader header, ReceiptLeaf leaf, ReceiptTree.Proof proof) {
    if (!ReceiptTree.verify(header.receiptsRoot(), header.total(), leaf, proof)) {
      throw new IllegalArgumentException("the proof proves nothing");
    }
    leaves.add(leaf);
    demanded.remove(leaf.receipt());
  }

  @Override
  public void collect() {
    collected++;
  }

  @Override
  public Duration memory(Duration settleWithin) {
    return memory;
  }
}
