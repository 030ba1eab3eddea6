package io.teex.dispatcher;

import io.teex.chain.Addresses;
import io.teex.chain.ChainViews;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Settlement;
import io.teex.chain.SignedBatch;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The chain over JSON-RPC: UNVERIFIED, so as good as its node. What was sent counts once it is in
 * the views.
 */
final class EthereumChain implements Chain {
  private static final int LOG_BLOCKS = 5_000;
  private static final Duration SEEN_POLL = Duration.ofMillis(100);
  private static final Duration SEEN_MAX = Duration.ofSeconds(10);

  private final ChainViews views;
  private final TransactionSender sender;
  private final Settlement settlement;
  private final EnclaveRegistry registry;
  private final Posting.Sender posting;

  /**
   * @param views of the blocks that count
   * @param sender the dispatcher's own account, which pays the gas
   * @param posting how receipts are posted
   */
  EthereumChain(
      ChainViews views, TransactionSender sender, Addresses addresses, Posting.Sender posting) {
    this.views = views;
    this.sender = sender;
    this.settlement = new Settlement(sender.chain(), addresses);
    this.registry = new EnclaveRegistry(sender.chain(), addresses);
    this.posting = posting;
  }

  @Override
  public MarketView view() {
    return new EthereumView(views.latest(), sender.address());
  }

  @Override
  public MarketView refresh() {
    return new EthereumView(views.refresh(), sender.address());
  }

  @Override
  public Duration withdrawDelay() {
    return settlement.withdrawDelay();
  }

  @Override
  public List<Request> requests(long from, long to) {
    return settlement.requests(from, to).stream()
        .map(request ->
            new Request(request.task(), request.order(), request.sealedInputCid(), request.block()))
        .toList();
  }

  @Override
  public BatchHead batchHead() {
    Settlement.BatchChain chain = views.refresh().batchChain(sender.address()).value();
    return new BatchHead(chain.number(), chain.head());
  }

  @Override
  public Optional<Bytes32> settlingTransaction(long number, Bytes32 headerHash) {
    // A batch is looked for soon after it was sent, so it is among the newest.
    for (long to = views.latest().block().number(); to >= 0; to -= LOG_BLOCKS) {
      long from = Math.max(0, to - LOG_BLOCKS + 1);
      Optional<Bytes32> found =
          settlement.batches(sender.address(), from, to).stream()
              .filter(settled -> settled.number() == number && settled.header().equals(headerHash))
              .map(Settlement.Settled::transaction)
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  @Override
  public Bytes32 settle(Batch batch) {
    return seen(batch, settlement.settle(sender, signed(batch)).transaction());
  }

  @Override
  public Bytes32 settle(Batch batch, ReceiptData receipts) {
    return seen(batch, posting.send(settlement, sender, signed(batch), receipts).transaction());
  }

  private static SignedBatch signed(Batch batch) {
    return new SignedBatch(batch.header(), batch.debits(), batch.requests(), batch.credits());
  }

  private Bytes32 seen(Batch batch, Bytes32 transaction) {
    long giveUp = System.nanoTime() + SEEN_MAX.toNanos();
    // The sender waited until it counts: if it is not seen now, it was undone, and is sent again.
    while (batchHead().number() < batch.number()) {
      if (System.nanoTime() > giveUp || Thread.currentThread().isInterrupted()) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "batch %d was mined in %s and is not on the chain: a reorganisation undid it"
                .formatted(batch.number(), transaction));
      }
      LockSupport.parkNanos(SEEN_POLL.toNanos());
    }
    return transaction;
  }

  /** One at a time: a second call for a worker finds that the first made it known. */
  @Override
  public synchronized void introduce(Signed<NodeCertificate> worker) {
    long time = views.latest().block().time();
    boolean known =
        registry
            .node(worker.value().signer())
            .filter(node -> node.revoked() || node.notAfter() >= time)
            .isPresent();
    if (!known) {
      registry.admit(sender, worker);
    }
  }

  @Override
  public void admit(Signed<NodeCertificate> certificate) {
    NodeCertificate wanted = certificate.value();
    boolean known =
        registry
            .node(wanted.signer())
            .filter(node ->
                node.epoch() == wanted.managerEpoch()
                    && node.notAfter() >= wanted.notAfter()
                    && node.payout().equals(wanted.payout()))
            .isPresent();
    if (!known) {
      registry.admit(sender, certificate);
    }
    if (!refresh().isDispatcherActive()) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "the registry knows %s and does not hold it active".formatted(wanted.signer()));
    }
  }
}
