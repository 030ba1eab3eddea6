package io.teex.dispatcher;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Settlement;
import io.teex.chain.SignedBatch;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The chain over JSON-RPC: UNVERIFIED, so as good as its node. Facts count from the block that has
 * {@code confirmations} after it.
 */
final class EthereumChain implements Chain {
  private static final int LOG_BLOCKS = 5_000;
  private static final Duration CONFIRMED_POLL = Duration.ofMillis(100);
  private static final Duration CONFIRMED_MAX = Duration.ofMinutes(10);

  private final ChainClient client;
  private final Addresses addresses;
  private final TransactionSender sender;
  private final int confirmations;
  private final Settlement settlement;
  private final EnclaveRegistry registry;
  private volatile EthereumView view;

  /**
   * @param sender the dispatcher's own account, which pays the gas
   */
  EthereumChain(TransactionSender sender, Addresses addresses, int confirmations) {
    this.client = sender.chain();
    this.addresses = addresses.requireChain(client);
    this.sender = sender;
    this.confirmations = confirmations;
    this.settlement = new Settlement(client, addresses);
    this.registry = new EnclaveRegistry(client, addresses);
    this.view = newestView();
  }

  @Override
  public ChainView view() {
    return view;
  }

  @Override
  public ChainView refresh() {
    return refreshed();
  }

  private EthereumView refreshed() {
    EthereumView newest = newestView();
    EthereumView current = view;
    if (newest.block().equals(current.block())) {
      return current;
    }
    view = newest;
    return newest;
  }

  private EthereumView newestView() {
    ChainClient.Block head = client.head();
    ChainClient.Block settled =
        confirmations == 0
            ? head
            : client
                .block(Math.max(0, head.number() - confirmations))
                .orElseThrow(() ->
                    new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the node lost a recent block"));
    return new EthereumView(client, addresses, sender.address(), settled);
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
    return refreshed().batchHead();
  }

  @Override
  public Optional<Bytes32> settlingTransaction(long number, Bytes32 headerHash) {
    // A batch is looked for soon after it was sent, so it is among the newest.
    for (long to = view.block().number(); to >= 0; to -= LOG_BLOCKS) {
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
    Bytes32 transaction =
        settlement
            .settle(
                sender,
                new SignedBatch(batch.header(), batch.debits(), batch.requests(), batch.credits()))
            .transaction();
    long giveUp = System.nanoTime() + CONFIRMED_MAX.toNanos();
    while (batchHead().number() < batch.number()) {
      if (System.nanoTime() > giveUp || Thread.currentThread().isInterrupted()) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "batch %d was mined in %s and is not confirmed yet"
                .formatted(batch.number(), transaction));
      }
      LockSupport.parkNanos(CONFIRMED_POLL.toNanos());
    }
    return transaction;
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
    if (!refreshed().isDispatcherActive()) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "the registry knows %s and does not hold it active".formatted(wanted.signer()));
    }
  }
}
