package io.teex.sdk;

import io.teex.attestation.Policy;
import io.teex.blobs.BlobStore;
import io.teex.blobs.HttpBlobStore;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Finality;
import io.teex.chain.NodeRegistry;
import io.teex.chain.RegisteredNodes;
import io.teex.chain.RpcChainViews;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.Peer;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection to one market. Nodes are judged by the policy when they are first talked to, on
 * every connection anew; channels stay open until {@link #close()}. Safe for many threads.
 */
public final class Market implements AutoCloseable {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private final MarketFile file;
  private final Policy policy;
  private final NodeGrounds grounds;
  private final ChainClient chain;
  private final HttpBlobStore blobs;
  private final InstantSource clock;
  private final SecureRandom random;
  private final NodeRegistry nodes;
  private final ManagerClient manager;
  private final NodeCertificates certificates;
  private final WorkerClients workers;
  private final Listings listings;
  private final OrderRecords records;
  private final Map<Address, DispatcherClient> dispatchers = new HashMap<>();

  private Market(
      MarketFile file,
      Policy policy,
      NodeGrounds grounds,
      ChainClient chain,
      HttpBlobStore blobs,
      OrderRecords records,
      InstantSource clock,
      SecureRandom random) {
    this.file = file;
    this.policy = policy;
    this.grounds = grounds;
    this.chain = chain;
    this.blobs = blobs;
    this.records = records;
    this.clock = clock;
    this.random = random;
    // Evidence forged with a broken machine's keys would get what providers hand over, if it were
    // enough that it measures right. So a manager proves which one it is, and the chain says if it
    // is trusted on this machine: at first, and for as long as it is connected.
    this.nodes =
        new RegisteredNodes(
            new RpcChainViews(chain, file.addresses(), Finality.NONE, clock, System::nanoTime));
    this.manager =
        ManagerClient.connect(
            AttestedChannel.to(Endpoint.parse(file.manager()), Role.MANAGER, grounds)
                .requiring(peer ->
                    nodes.requireManager(
                        NodeCertificates.managerShownBy(peer, domain(), grounds::time),
                        peer.platformId()))
                .clock(clock)
                .random(random)
                .open(),
            domain());
    try {
      requireListed(new EnclaveRegistry(chain, file.addresses()), manager.address());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
    this.certificates = new NodeCertificates(domain(), manager.address(), grounds::time);
    this.workers = new WorkerClients(grounds, certificates, clock);
    this.listings = new ChainListings(chain, file.addresses(), clock);
  }

  /**
   * Connects to the market's chain and manager.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE}, {@code UNAVAILABLE}, {@code NODE_NOT_OPERATED}
   *     or {@code CERTIFICATE_INVALID} if the registry does not list the manager or nobody answers
   *     for it on its machine, or why the policy refuses the manager: {@code ATTESTATION_REFUSED},
   *     {@code UNKNOWN_MEASUREMENT}, {@code SIMULATED_REFUSED}
   */
  public static Market connect(MarketFile file) {
    return connect(file, OrderRecords.NONE);
  }

  /** The same for a client that keeps what it signs, so that an {@link Audit} has an answer. */
  public static Market connect(MarketFile file, OrderRecords records) {
    return connect(file, records, InstantSource.system(), new SecureRandom());
  }

  /** The same with time and randomness of the caller's. */
  public static Market connect(
      MarketFile file, OrderRecords records, InstantSource clock, SecureRandom random) {
    Policy policy = Policy.read(file.policy());
    ChainClient chain = ChainClient.connect(file.chainRpc());
    HttpBlobStore blobs = new HttpBlobStore(file.blobs());
    NodeGrounds grounds = NodeGrounds.open(() -> policy, file.collateralConfig(), clock, random);
    try {
      file.addresses().requireChain(chain);
      return new Market(file, policy, grounds, chain, blobs, records, clock, random);
    } catch (RuntimeException e) {
      grounds.close();
      chain.close();
      blobs.close();
      throw e;
    }
  }

  /**
   * Attestation shows a genuine manager; that it is this market's is for governance to say.
   *
   * @throws TeexException {@code CERTIFICATE_INVALID}
   */
  static void requireListed(EnclaveRegistry registry, Address manager) {
    EnclaveRegistry.Manager listed = registry.manager(manager);
    if (!listed.active() || !registry.isManager(manager, listed.epoch())) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID,
          "the manager is %s, which the market's registry does not list as active with an operator"
              .formatted(manager));
    }
  }

  /** A user who signs with {@code key}; she needs ether for transactions. */
  public User user(SigningKey key) {
    return user(key, file.dispatchers().getFirst().address());
  }

  /** A user who works with one dispatcher. */
  public User user(SigningKey key, Address dispatcher) {
    return user(TransactionSigner.of(key), dispatcher);
  }

  /** A user whose key may be in another program; {@code signer} stays the caller's to close. */
  public User user(TransactionSigner signer) {
    return user(signer, file.dispatchers().getFirst().address());
  }

  /** The same with one dispatcher. */
  public User user(TransactionSigner signer, Address dispatcher) {
    OrderBook orders = new OrderBook(listings, acceptsSimulated(), clock, random);
    TaskRunner tasks =
        new TaskRunner(
            domain(),
            orders,
            workers,
            new Results(domain(), acceptsSimulated(), blobs),
            new KnownCertificates(certificates),
            records,
            clock);
    return new User(this, signer, dispatcher(dispatcher), orders, tasks);
  }

  /** A Service Provider who signs with {@code key}. */
  public Provider provider(SigningKey key) {
    return provider(TransactionSigner.of(key));
  }

  /** The same for a key that may be in another program; {@code signer} stays the caller's. */
  public Provider provider(TransactionSigner signer) {
    return new Provider(this, signer);
  }

  /** A Data Provider who signs with {@code key}. */
  public DataProvider dataProvider(SigningKey key) {
    return dataProvider(TransactionSigner.of(key));
  }

  /** The same for a key that may be in another program; {@code signer} stays the caller's. */
  public DataProvider dataProvider(TransactionSigner signer) {
    return new DataProvider(this, signer);
  }

  /** What is settled, and where the money is. */
  public Settlements settlements() {
    return new Settlements(chain, addresses());
  }

  public MarketFile file() {
    return file;
  }

  public Addresses addresses() {
    return file.addresses();
  }

  public Domain domain() {
    return file.addresses().domain();
  }

  /** The market's chain. UNVERIFIED: it says what its node says. */
  public ChainClient chain() {
    return chain;
  }

  public BlobStore blobs() {
    return blobs;
  }

  /** The account of the manager whose evidence was accepted. */
  public Address manager() {
    return manager.address();
  }

  /** Whether the policy takes simulated TEEs, which protect nothing. */
  public boolean acceptsSimulated() {
    return policy.acceptSimulated();
  }

  InstantSource clock() {
    return clock;
  }

  SecureRandom random() {
    return random;
  }

  ManagerClient managerClient() {
    return manager;
  }

  /**
   * The workers of a dispatcher that take tasks now.
   *
   * @throws TeexException {@code CERTIFICATE_INVALID} if the dispatcher shows one that is none of
   *     this market's
   */
  public List<WorkerAtWork> workers(Address dispatcher) {
    return dispatcher(dispatcher).workers(certificates);
  }

  List<Replays.Candidate> candidates(Address dispatcher) {
    return dispatcher(dispatcher).candidates(certificates);
  }

  Working working() {
    return workers;
  }

  /** The dispatcher that is certified as {@code address}. */
  synchronized DispatcherClient dispatcher(Address address) {
    DispatcherClient known = dispatchers.get(address);
    if (known != null) {
      return known;
    }
    Endpoint endpoint = Endpoint.parse(file.dispatcher(address).endpoint());
    AttestedChannel channel =
        AttestedChannel.to(endpoint, Role.DISPATCHER, grounds)
            .requiring(peer ->
                nodes.requireNode(
                    certificates.shownBy(peer), certificates.manager(), peer.platformId()))
            .clock(clock)
            .random(random)
            .open();
    try {
      requireCertified(channel, address, endpoint);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
    DispatcherClient client = new DispatcherClient(channel, address);
    dispatchers.put(address, client);
    return client;
  }

  private void requireCertified(AttestedChannel channel, Address address, Endpoint endpoint) {
    Peer.Node peer = channel.connect(CONNECT_MAX);
    DispatcherStatusResponse status =
        channel.call(
            DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
    NodeCertificate certificate =
        certificates.require(Wire.signed(NodeCertificate.class, status.getCertificate()), peer);
    if (!certificate.signer().equals(address)) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID,
          "the dispatcher at %s is %s, the market file says %s"
              .formatted(endpoint, certificate.signer(), address));
    }
  }

  @Override
  public synchronized void close() {
    workers.close();
    dispatchers.values().forEach(DispatcherClient::close);
    manager.close();
    grounds.close();
    blobs.close();
    chain.close();
  }
}
