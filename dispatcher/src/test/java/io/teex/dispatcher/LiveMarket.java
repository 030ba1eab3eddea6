package io.teex.dispatcher;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Outbox;
import io.teex.chain.Permit;
import io.teex.chain.RpcChainViews;
import io.teex.chain.Sending;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.OrderBuilder;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Price;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.teeds.Store;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** The contracts on a real chain, and dispatchers in this process that settle on them. */
final class LiveMarket {
  static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(100), Amount.of(400), Amount.of(50));
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static final Amount STAKE = Amount.of(1_000_000_000_000L);
  private static final InstantSource CLOCK = InstantSource.system();

  /** A request that a dispatcher handed to a worker. */
  record Assigned(Task task, Attempt attempt) {}

  final ChainClient client;
  final Addresses addresses;
  final Settlement settlement;
  final SigningKey dispatcherKey;

  /** What the worker earns is its account's. */
  final SigningKey workerAccount;

  final List<Assigned> assigned = new CopyOnWriteArrayList<>();
  private final TransactionSender governance;
  private final SigningKey managerKey;
  private final ServiceRef service;
  private final FakeWorker worker;
  private final RandomGenerator random;

  LiveMarket(ChainClient client, RandomGenerator random) {
    this.client = client;
    this.random = random;
    governance = new TransactionSender(client, DevAccounts.key(0));
    addresses = Deployment.deploy(governance, Deployment.Terms.development(Duration.ofHours(2)));
    settlement = new Settlement(client, addresses);
    managerKey = SigningKey.generate(random);
    dispatcherKey = SigningKey.generate(random);
    workerAccount = SigningKey.generate(random);
    worker =
        new FakeWorker(
            addresses.domain(),
            managerKey,
            SigningKey.generate(random),
            FakeWorker.named("worker's TLS key"),
            workerAccount.address(),
            World.measurement(Role.WORKER).value(),
            CLOCK);
    governance.transfer(dispatcherKey.address(), ETHER.multiply(BigInteger.valueOf(100)));
    governance.transfer(workerAccount.address(), ETHER);
    admit();
    bond();
    service = publish();
  }

  /** Skips the test, visibly, where the npm packages are not installed. */
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

  private void admit() {
    EnclaveRegistry registry = new EnclaveRegistry(client, addresses);
    Bytes measurement = World.measurement(Role.DISPATCHER).value();
    Bytes32 machine = NodeOperation.platform(Bytes.of((byte) 1));
    SigningKey operator = DevAccounts.key(6);
    registry.setManager(governance, managerKey.address(), 1, true);
    registry.setMeasurement(governance, Role.DISPATCHER, measurement, true);
    registry.setPlatform(governance, machine, operator.address());
    registry.operate(
        governance,
        operator.sign(
            addresses.domain(), new NodeOperation(Role.MANAGER, managerKey.address(), machine)));
    registry.operate(
        governance,
        operator.sign(
            addresses.domain(),
            new NodeOperation(Role.DISPATCHER, dispatcherKey.address(), machine)));
    registry.admit(
        governance,
        managerKey.sign(
            addresses.domain(),
            new NodeCertificate(
                Role.DISPATCHER,
                FakeWorker.named("dispatcher's TLS key"),
                dispatcherKey.address(),
                TestMarket.DISPATCHER_PAYEE,
                measurement,
                FakeWorker.named("platform"),
                TcbStatus.UP_TO_DATE,
                1,
                CLOCK.instant().getEpochSecond() + 86_400)));
  }

  /** Without it the registry admits no worker, so that no receipt justifies a debit. */
  void acceptWorkers() {
    new EnclaveRegistry(client, addresses)
        .setMeasurement(governance, Role.WORKER, World.measurement(Role.WORKER).value(), true);
  }

  /** A dispatcher settles only within its stake. */
  private void bond() {
    Stakes stakes = new Stakes(client, addresses);
    Token token = new Token(client, addresses);
    token.mint(governance, governance.address(), STAKE);
    token.approve(governance, stakes.address(), STAKE);
    stakes.bond(governance, dispatcherKey.address(), STAKE);
  }

  private ServiceRef publish() {
    Bytes32 image = FakeWorker.named("image");
    return new ServiceRef(
        new ServiceMarket(client, addresses)
            .publish(
                new TransactionSender(client, DevAccounts.key(1)),
                new ServiceMarket.NewVersion(image, FakeWorker.named("service key"), ""),
                PRICE)
            .id(),
        1,
        image,
        1);
  }

  /** A user with tokens and a lane. */
  SigningKey user(long tokens) {
    SigningKey key = SigningKey.generate(random);
    governance.transfer(key.address(), ETHER);
    Token token = new Token(client, addresses);
    token.mint(governance, key.address(), Amount.of(tokens));
    long now = client.head().time();
    Permit permit = token.permit(key, addresses.settlement(), Amount.of(tokens), now + 3_600);
    settlement.depositAndAllow(
        new TransactionSender(client, key),
        dispatcherKey.address(),
        0,
        Amount.of(tokens),
        now + 86_400,
        permit);
    return key;
  }

  /** Gives a user tokens outside of the market. */
  void mint(SigningKey user, long tokens) {
    new Token(client, addresses).mint(governance, user.address(), Amount.of(tokens));
  }

  /** A dispatcher's process. */
  Dispatcher open(ChainClient through, Store store, Outbox outbox, Sending sending) {
    return open(through, store, outbox, sending, Posting.ROOT);
  }

  /** One that posts the receipts of its batches. */
  Dispatcher open(
      ChainClient through, Store store, Outbox outbox, Sending sending, Posting posting) {
    RpcChainViews views =
        new RpcChainViews(through, addresses, sending.counts(), CLOCK, System::nanoTime);
    TransactionSender sender =
        new TransactionSender(through, TransactionSigner.of(dispatcherKey), outbox, sending);
    return Dispatcher.open(
        settings(posting),
        new Dispatcher.Ground(
            new Wallet(addresses.domain(), dispatcherKey),
            new EthereumChain(views, sender, addresses, posting.sender()),
            new EthereumTribunal(views, sender, addresses, TestMarket.DISPATCHER_PAYEE),
            store,
            (task, attempt, origin) -> assigned.add(new Assigned(task, attempt)),
            0,
            CLOCK,
            Runnable::run,
            () -> {}));
  }

  private static DispatcherSettings settings(Posting posting) {
    return new DispatcherSettings(
        200,
        TestMarket.DISPATCHER_PAYEE,
        new DispatcherSettings.Orders(
            Duration.ofHours(1), 3, 20_000, Duration.ofMillis(100), Duration.ofHours(24)),
        new DispatcherSettings.Workers(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(5)),
        new DispatcherSettings.Batches(
            2_000, 15_000_000, Duration.ofMinutes(1), 1, Duration.ofMinutes(30), true, posting));
  }

  void join(Dispatcher dispatcher) {
    dispatcher.workers().join(TestMarket.node(worker, 20_000), Set.of());
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

  /** Has a task of the user's done. */
  Task execute(Dispatcher dispatcher, SigningKey user, Order order) {
    try {
      Task task = dispatcher.orders().submit(user.sign(addresses.domain(), order), Bytes.EMPTY);
      complete(dispatcher, task, TestMarket.attempt(task));
      return task;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Signed<Receipt> complete(Dispatcher dispatcher, Task task, Attempt attempt) {
    Signed<Receipt> receipt = receipt(task, attempt);
    complete(dispatcher, receipt);
    return receipt;
  }

  Signed<Receipt> receipt(Task task, Attempt attempt) {
    Terms terms = task.terms();
    return worker.sign(
        worker.receipt(
            task.order().value(),
            attempt.lease(task.id(), dispatcherKey.address()),
            new FakeWorker.Tariff(
                terms.price(),
                terms.provider(),
                terms.datasets(),
                terms.basisPoints(),
                terms.dispatcherPayee()),
            Outcome.COMPLETED,
            2_000_000));
  }

  Signed<Acknowledgement> complete(Dispatcher dispatcher, Signed<Receipt> receipt) {
    return dispatcher
        .receipts()
        .complete(
            new ReceiptDesk.Delivery(
                receipt, "cid of " + receipt.value().taskId(), Bytes.of((byte) 1, (byte) 2)));
  }

  /** Everything that the contract says it owes, and what it has. */
  boolean isConserved(List<SigningKey> users) {
    List<Address> accounts = new ArrayList<>(users.stream().map(SigningKey::address).toList());
    accounts.addAll(
        List.of(worker.payout(), DevAccounts.key(1).address(), TestMarket.DISPATCHER_PAYEE));
    Amount owed = Amount.ZERO;
    for (Address account : accounts) {
      owed =
          owed.plus(settlement.balance(account))
              .plus(settlement.claimable(account))
              .plus(settlement.pending(account));
    }
    for (SigningKey user : users) {
      owed =
          owed.plus(settlement.allowance(user.address(), dispatcherKey.address(), 0).remaining());
    }
    return owed.equals(new Token(client, addresses).balanceOf(addresses.settlement()));
  }
}
