package io.teex.dispatcher;

import io.teex.chain.Court;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Signed;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;

/**
 * Where this dispatcher is asked to justify itself. Calls may fail with {@code CHAIN_UNAVAILABLE}.
 */
public interface Tribunal {
  /**
   * A challenge that waits for an answer; maybe of another dispatcher's batch.
   *
   * @param shown a bit for each of the debit's tasks that somebody showed
   */
  record Challenge(Court.Question question, BigInteger shown) {}

  /** The challenges that were made lately and are open. */
  List<Challenge> challenges();

  /** The receipts of this dispatcher that were demanded lately and are open. */
  List<Bytes32> demands();

  /** Shows what a debit is for, or a part of it. */
  void answer(Challenge challenge, BatchHeader header, Court.Part part);

  /** Shows the receipt of a request. */
  void answer(
      Challenge challenge,
      BatchHeader header,
      int lane,
      Signed<Receipt> receipt,
      ReceiptTree.Proof proof);

  /** Shows that a receipt was settled. */
  void answer(BatchHeader header, ReceiptLeaf leaf, ReceiptTree.Proof proof);

  /** Gets the bonds of those whom it answered, and hands them on to its owner. */
  void collect();

  /**
   * How long a settled task may have to be shown.
   *
   * @param settleWithin what acknowledgements promise
   */
  Duration memory(Duration settleWithin);
}
