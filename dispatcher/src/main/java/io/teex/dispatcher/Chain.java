package io.teex.dispatcher;

import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The chain as one dispatcher uses it. Every call may fail with {@code CHAIN_UNAVAILABLE}. */
public interface Chain {
  /** An order that a user placed on chain. */
  record Request(TaskId task, Signed<Order> order, String sealedInputCid, long block) {}

  /**
   * Where the dispatcher's chain of batches ends.
   *
   * @param number of the last settled batch, 0 before the first
   * @param head EIP-712 hash of its header, zero before the first
   */
  record BatchHead(long number, Bytes32 head) {}

  /** The newest view that is known; it is at most as old as the view is polled. */
  MarketView view();

  /** Asks for the newest block now. */
  MarketView refresh();

  /** How long after its expiry an allowance can still be debited. */
  Duration withdrawDelay();

  /** The requests made in the blocks {@code from} to {@code to}, both inclusive, in order. */
  List<Request> requests(long from, long to);

  /** As of the newest block that counts as final enough. */
  BatchHead batchHead();

  /** The transaction that settled the batch; empty if it is not settled (finally enough). */
  Optional<Bytes32> settlingTransaction(long number, Bytes32 headerHash);

  /**
   * Sends a batch and waits until it is settled.
   *
   * @return the transaction
   * @throws io.teex.protocol.TeexException {@code CHAIN_REJECTED} if the contract refuses it, with
   *     the contract's reason
   */
  Bytes32 settle(Batch batch);

  /**
   * The same, with all that it settled posted where this dispatcher posts receipts. A batch that
   * was sent before, with them or without, is not sent again.
   */
  Bytes32 settle(Batch batch, ReceiptData receipts);

  /**
   * Makes a worker known to the registry, unless it knows it as of late: only then its receipts
   * justify a batch that is challenged.
   *
   * @throws io.teex.protocol.TeexException {@code CHAIN_REJECTED} if the registry refuses it
   */
  void introduce(Signed<NodeCertificate> worker);

  /** Admits or renews this dispatcher in the registry, unless the registry knows it already. */
  void admit(Signed<NodeCertificate> certificate);
}
