package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Court;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Finality;
import io.teex.chain.Permit;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.OrderBuilder;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TcbStatus;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.EnrolRequest;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.rpc.proto.StoreKeysResponse;
import io.teex.teeds.StoreNode;
import io.teex.teeds.StoreSettings;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Everything real but the Service Manager and the workers: an embedded chain with the contracts, a
 * TEE-DS node on disk, and a dispatcher behind attested channels.
 */
final class World implements AutoCloseable {
  static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(100), Amount.of(400), Amount.of(50));
  static final Address OPERATOR = TestMarket.account("operator");

  private static final SigningKey MACHINE_OPERATOR = DevAccounts.key(6);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Amount STAKE = Amount.of(1_000_000_000);
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);

  final SecureRandom random = new SecureRandom();
  final SigningKey managerKey = SigningKey.generate(random);
  final SigningKey dispatcherKey = SigningKey.generate(random);
  final SigningKey storeKey = SigningKey.generate(random);
  final ChainClient client;
  final TransactionSender governance;
  final Addresses addresses;
  final Settlement settlement;
  final ServiceRef service;
  final SimulatedPlatform platform;
  final Policy policy;
  private final Path directory;
  private final Endpoint manager;
  private final Endpoint store;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  final StoreNode storeNode;
  DispatcherNode node;

  World(Path anvil, Path directory) {
    this.directory = directory;
    Anvil chain = open(Anvil.start(anvil, 0, Optional.empty()));
    client = open(ChainClient.connect(chain.endpoint()));
    governance = new TransactionSender(client, DevAccounts.key(0));
    addresses = Deployment.deploy(governance, Deployment.Terms.development(Duration.ofHours(2)));
    addresses.write(directory.resolve("chain.json"));
    settlement = new Settlement(client, addresses);
    platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), CLOCK.instant(), random);
    govern();
    bond();
    service = publish();
    policy = policy();
    manager =
        serve(
                identity(Role.MANAGER, managerKey),
                new TestManager(),
                Access.none()
                    .nodes("Enrol", Role.STORE, Role.DISPATCHER)
                    .nodes("StoreKeys", Role.STORE))
            .endpoint();
    storeNode = startStore();
    store = storeNode.server().endpoint();
    governance.transfer(dispatcherKey.address(), ETHER);
    node = startDispatcher();
  }

  /** Skips the test, visibly, where anvil is not installed. */
  static Path anvil() {
    String given = System.getProperty("TEEX_NODE_MODULES", System.getenv("TEEX_NODE_MODULES"));
    Path nodeModules =
        given == null ? Path.of("..", "node_modules").toAbsolutePath() : Path.of(given);
    assumeTrue(
        Files.isExecutable(nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil")),
        "SKIPPED: anvil is not in %s; run 'npm ci' in the root of the repository"
            .formatted(nodeModules));
    return Anvil.binary(nodeModules);
  }

  void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  DispatcherStatusResponse status() {
    try (AttestedChannel channel = userChannel()) {
      return channel.call(
          DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
    }
  }

  private void govern() {
    EnclaveRegistry registry = new EnclaveRegistry(client, addresses);
    registry.setManager(governance, managerKey.address(), 1, true);
    registry.setMeasurement(
        governance, Role.DISPATCHER, measurement(Role.DISPATCHER).value(), true);
    registry.setMeasurement(governance, Role.WORKER, measurement(Role.WORKER).value(), true);
    Bytes32 machine = NodeOperation.platform(platform.id());
    registry.setPlatform(governance, machine, MACHINE_OPERATOR.address());
    Map.of(Role.MANAGER, managerKey, Role.STORE, storeKey, Role.DISPATCHER, dispatcherKey)
        .forEach((role, key) ->
            registry.operate(
                governance,
                MACHINE_OPERATOR.sign(
                    addresses.domain(), new NodeOperation(role, key.address(), machine))));
  }

  private void bond() {
    bond(dispatcherKey.address(), STAKE);
  }

  void bond(Address node, Amount amount) {
    Stakes stakes = new Stakes(client, addresses);
    Token token = new Token(client, addresses);
    token.mint(governance, governance.address(), amount);
    token.approve(governance, stakes.address(), amount);
    stakes.bond(governance, node, amount);
  }

  /** Has governance ask workers for a stake. */
  void askForStake(Amount amount) {
    new EnclaveRegistry(client, addresses).setMinimumStake(governance, amount);
  }

  boolean isActiveWorker(Address node) {
    return new EnclaveRegistry(client, addresses).isActive(node, Role.WORKER);
  }

  /** A stranger doubts what the last batch took from a payer. */
  Court.Question challengeLastBatch(Address payer) {
    return challengeLastBatch(
        (court, stranger, batch) -> court.challenge(stranger, batch, payer, 0));
  }

  /** A stranger doubts what the last batch took for a request. */
  Court.Question challengeLastBatch(TaskId request) {
    return challengeLastBatch(
        (court, stranger, batch) -> court.challenge(stranger, batch, request));
  }

  private interface Doubt {
    Court.Question of(Court court, TransactionSender stranger, Settlement.Opened batch);
  }

  private Court.Question challengeLastBatch(Doubt doubt) {
    Court court = new Court(client, addresses);
    TransactionSender stranger = new TransactionSender(client, DevAccounts.key(5));
    Token token = new Token(client, addresses);
    token.mint(governance, stranger.address(), court.terms().bond());
    token.approve(stranger, court.address(), court.terms().bond());
    Settlement.Settled last =
        settlement.batches(dispatcherKey.address(), 0, client.blockNumber()).getLast();
    return doubt.of(court, stranger, settlement.open(client, last));
  }

  void revoke(Address node) {
    new EnclaveRegistry(client, addresses).revoke(governance, node);
  }

  void abandon(Address node) {
    new EnclaveRegistry(client, addresses)
        .abandon(new TransactionSender(client, MACHINE_OPERATOR), node);
  }

  /** Takes the manager off governance's list. */
  void unlistManager() {
    new EnclaveRegistry(client, addresses).setManager(governance, managerKey.address(), 1, false);
  }

  private ServiceRef publish() {
    Bytes32 image = FakeWorker.named("image");
    ServiceMarket services = new ServiceMarket(client, addresses);
    return new ServiceRef(
        services
            .publish(
                new TransactionSender(client, DevAccounts.key(1)),
                new ServiceMarket.NewVersion(image, FakeWorker.named("service key"), ""),
                PRICE)
            .id(),
        1,
        image,
        1);
  }

  private StoreNode startStore() {
    return open(
        StoreNode.start(
            new StoreSettings(
                nodeSettings("store"),
                manager,
                managerKey.address(),
                Duration.ofSeconds(10),
                client.endpoints(),
                addresses,
                "main",
                64 << 20),
            identity(Role.STORE, storeKey),
            CLOCK,
            random));
  }

  private DispatcherNode startDispatcher() {
    ProcessSettings settings =
        new ProcessSettings(
            nodeSettings("dispatcher"),
            manager,
            managerKey.address(),
            store,
            new ProcessSettings.ChainSettings(
                client.endpoints(), directory.resolve("chain.json"), Finality.NONE, 500, 100, 0),
            new DispatcherSettings(
                200,
                OPERATOR,
                new DispatcherSettings.Orders(
                    Duration.ofHours(1), 3, 10_000, Duration.ofSeconds(5), Duration.ofDays(1)),
                new DispatcherSettings.Workers(
                    Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofSeconds(3)),
                new DispatcherSettings.Batches(
                    200,
                    15_000_000,
                    Duration.ofMinutes(10),
                    1,
                    Duration.ofMinutes(30),
                    true,
                    Posting.ROOT)));
    return DispatcherNode.start(settings, identity(Role.DISPATCHER, dispatcherKey), CLOCK);
  }

  private NodeSettings nodeSettings(String name) {
    return new NodeSettings(
        new Endpoint("127.0.0.1", 0),
        directory.resolve(name),
        directory,
        policy,
        new NodeSettings.Advertised.AsListening());
  }

  /** Stops the dispatcher and starts another process on the same state. */
  void restart() {
    node.close();
    node = startDispatcher();
  }

  Endpoint dispatcher() {
    return node.server().endpoint();
  }

  AttestedChannel userChannel() {
    return AttestedChannel.to(dispatcher(), Role.DISPATCHER, policy).open();
  }

  AttestedChannel channel(NodeIdentity from) {
    return AttestedChannel.to(dispatcher(), Role.DISPATCHER, policy).as(from).open();
  }

  /** A user with tokens, gas and a lane. */
  TransactionSender user(SigningKey key, long tokens) {
    governance.transfer(key.address(), ETHER);
    Token token = new Token(client, addresses);
    token.mint(governance, key.address(), Amount.of(tokens));
    TransactionSender user = new TransactionSender(client, key);
    long now = client.head().time();
    Permit permit = token.permit(key, addresses.settlement(), Amount.of(tokens), now + 3_600);
    settlement.depositAndAllow(
        user, dispatcherKey.address(), 0, Amount.of(tokens), now + 86_400, permit);
    return user;
  }

  OrderBuilder order(SigningKey user) {
    ChainClient.Block head = client.head();
    return new OrderBuilder(
            user.address(),
            dispatcherKey.address(),
            service,
            new BlockRef(head.number(), head.hash()),
            Math.max(head.time(), CLOCK.instant().getEpochSecond()) + 600)
        .feeMax(5_000)
        .salt(Bytes32.random(random).toString());
  }

  NodeIdentity identity(Role role, SigningKey key) {
    return NodeIdentity.create(role, platform.tee(measurement(role)), key, CLOCK, random);
  }

  AttestedServer serve(NodeIdentity identity, BindableService served, Access access) {
    return open(AttestedServer.as(identity, policy).service(served, access).start());
  }

  Signed<NodeCertificate> certify(
      SigningKey by, Role role, Bytes32 tlsKeyHash, Address signer, Address payout) {
    return by.sign(
        addresses.domain(),
        new NodeCertificate(
            role,
            tlsKeyHash,
            signer,
            payout,
            measurement(role).value(),
            FakeWorker.named("platform of " + signer),
            TcbStatus.UP_TO_DATE,
            1,
            CLOCK.instant().getEpochSecond() + 86_400));
  }

  static Measurement measurement(Role role) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) role.code());
    return Measurement.of(value);
  }

  private Policy policy() {
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role)));
    }
    return Policy.simulated("test", Set.of(platform.root()), measurements);
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public void close() {
    if (node != null) {
      node.close();
    }
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Enrols whoever asks, and has one key for all shards. */
  private final class TestManager extends ManagerGrpc.ManagerImplBase {
    @Override
    public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
      Peer.Node peer = Peer.currentNode();
      NodeCertificates.Accounts accounts =
          NodeCertificates.requirePossession(request, peer.tlsKeyHash());
      Signed<NodeCertificate> certificate =
          certify(managerKey, peer.role(), peer.tlsKeyHash(), accounts.signer(), accounts.payout());
      Reply.send(
          answer,
          EnrolResponse.newBuilder()
              .setCertificate(ByteString.copyFrom(certificate.encode()))
              .build());
    }

    @Override
    public void storeKeys(StoreKeysRequest request, StreamObserver<StoreKeysResponse> answer) {
      Reply.send(
          answer,
          StoreKeysResponse.newBuilder()
              .setEpoch(1)
              .setKey(ByteString.copyFrom(new byte[32]))
              .build());
    }
  }
}
