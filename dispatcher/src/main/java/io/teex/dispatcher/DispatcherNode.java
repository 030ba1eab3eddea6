package io.teex.dispatcher;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainViews;
import io.teex.chain.FileOutbox;
import io.teex.chain.NodeRegistry;
import io.teex.chain.RegisteredNodes;
import io.teex.chain.RpcChainViews;
import io.teex.chain.Sending;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.node.RunningNode;
import io.teex.teeds.StoreClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A dispatcher as a node of the network: everything is wired here, by hand. */
final class DispatcherNode implements RunningNode {
  /** Waiting is cheap on virtual threads, so many callers may wait for workers and results. */
  private static final int CALLS_MAX = 8_192;

  private static final Duration STORE_WAIT = Duration.ofSeconds(30);
  private static final Duration SENDING_PATIENCE = Duration.ofMinutes(5);
  private static final Duration MEMBERSHIP_PERIOD = Duration.ofMillis(500);

  private final DispatcherLog log = new DispatcherLog();
  private final NodeIdentity identity;
  private final NodeGrounds grounds;
  private final AttestedServer server;
  private final List<AttestedChannel> channels = new ArrayList<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private DispatcherNode(ProcessSettings settings, NodeIdentity identity, InstantSource clock) {
    this.identity = identity;
    this.grounds = open(settings.node().grounds(clock, new SecureRandom()));
    try {
      server = serve(settings, clock);
    } catch (RuntimeException e) {
      closeOpened();
      throw e;
    }
  }

  /**
   * Starts to serve; orders are taken once the chain's registry admits it.
   *
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} without manager or store, {@code
   *     CHAIN_UNAVAILABLE}, {@code CHAIN_REJECTED} or {@code DEPENDENCY_MISSING} if receipts cannot
   *     be posted as configured, an attestation's refusal by either side, {@code STORE_CORRUPT} if
   *     TEE-DS is older than the chain, {@code PORT_IN_USE}
   */
  static DispatcherNode start(
      ProcessSettings settings, NodeIdentity identity, InstantSource clock) {
    return new DispatcherNode(settings, identity, clock);
  }

  private AttestedServer serve(ProcessSettings settings, InstantSource clock) {
    Addresses addresses = Addresses.read(settings.chain().addresses());
    ChainClient client = open(ChainClient.connect(settings.chain().rpc()));
    ChainViews views =
        new RpcChainViews(client, addresses, settings.chain().counts(), clock, System::nanoTime);
    TransactionSender sender = sender(settings, client, addresses.domain());
    Chain chain =
        new EthereumChain(views, sender, addresses, posting(settings.dispatcher(), client));
    Wallet wallet = new Wallet(addresses.domain(), identity.signer());
    NodeCertificates certificates =
        new NodeCertificates(wallet.domain(), settings.managerAddress(), grounds::time);
    NodeRegistry registry = new RegisteredNodes(views);
    Membership membership =
        Membership.enrol(
            identity,
            settings.dispatcher().payout(),
            standing(
                channel(settings.manager(), Role.MANAGER)
                    .requiring(
                        peer -> registry.requireManager(certificates.manager(), peer.platformId()))
                    .open()),
            chain,
            certificates,
            log,
            clock);
    AttestedChannel store =
        standing(
            channel(settings.store(), Role.STORE)
                .requiring(peer ->
                    registry.requireNode(
                        certificates.shownBy(peer), certificates.manager(), peer.platformId()))
                .open());
    store.connect(STORE_WAIT);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    opened.push(threads::shutdownNow);
    Dispatcher dispatcher =
        open(
            Dispatcher.open(
                settings.dispatcher(),
                new Dispatcher.Ground(
                    wallet,
                    chain,
                    new EthereumTribunal(views, sender, addresses, settings.dispatcher().payout()),
                    new StoreClient(store, membership::certificate),
                    assignment(wallet, membership),
                    settings.chain().firstBlock(),
                    clock,
                    threads,
                    DispatcherNode::end)));
    AttestedServer serving = open(listen(settings, dispatcher, wallet, membership, chain));
    open(new Loop("membership", MEMBERSHIP_PERIOD, membership::poll, log));
    dispatcher.start();
    return serving;
  }

  /** Judges everybody again now who is connected, as happens by itself every 20 seconds. */
  void judgeAgain() {
    server.judgeAgain();
    channels.forEach(AttestedChannel::judgeAgain);
  }

  /** It goes on with what the last process of this dispatcher sent. */
  private TransactionSender sender(
      ProcessSettings settings, ChainClient client, Domain deployment) {
    Path outboxes = settings.node().data().resolve("outbox");
    return new TransactionSender(
        client,
        TransactionSigner.of(identity.signer()),
        FileOutbox.open(outboxes, deployment, identity.signer().address()),
        Sending.of(settings.chain().counts(), settings.chain().feeMaxGwei(), SENDING_PATIENCE)
            .withBlobFeeMax(settings.chain().blobFeeMaxGwei()));
  }

  /** A dispatcher that could not post as it is told to does not start. */
  private static Posting.Sender posting(DispatcherSettings settings, ChainClient client) {
    Posting posting = settings.batches().posting();
    if (posting == Posting.BLOB) {
      client.requireBlobs();
    }
    return posting.sender();
  }

  private AttestedServer listen(
      ProcessSettings settings,
      Dispatcher dispatcher,
      Wallet wallet,
      Membership membership,
      Chain chain) {
    DispatcherService service =
        new DispatcherService(
            dispatcher,
            wallet,
            membership,
            new WorkerDesk(membership.certificates(), chain, dispatcher.workers(), log),
            new StatusDesk(identity, dispatcher, membership, chain));
    return AttestedServer.as(identity, grounds)
        .listen(settings.node().listen())
        .callsMax(CALLS_MAX)
        .service(service, DispatcherService.access())
        .start();
  }

  private RequestDesk.Assignment assignment(Wallet wallet, Membership membership) {
    return new WorkerLink(
        wallet,
        membership,
        attempt ->
            AttestedChannel.to(Endpoint.parse(attempt.endpoint()), Role.WORKER, grounds)
                .as(identity)
                .requiring(membership.certificates().peerOf(attempt.certificate()))
                .open());
  }

  private AttestedChannel.Builder channel(Endpoint endpoint, Role role) {
    return AttestedChannel.to(endpoint, role, grounds).as(identity);
  }

  /** Another process took this dispatcher's state over: what this one goes on to say is wrong. */
  private static void end() {
    Runtime.getRuntime().halt(ErrorCode.STORE_CONFLICT.exitCode());
  }

  private AttestedChannel standing(AttestedChannel channel) {
    channels.add(channel);
    return open(channel);
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public NodeIdentity identity() {
    return identity;
  }

  @Override
  public AttestedServer server() {
    return server;
  }

  @Override
  public void close() {
    closeOpened();
  }

  /** In the opposite order of opening. */
  private void closeOpened() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        log.failed("closing", e);
      }
    }
  }
}
