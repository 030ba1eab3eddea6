package io.teex.dispatcher;

import io.teex.dispatcher.testing.FakeChain;
import io.teex.dispatcher.testing.FakeTribunal;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.ManualClock;
import io.teex.dispatcher.testing.OrderBuilder;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Price;
import io.teex.protocol.Receipt;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.teeds.Store;
import io.teex.teeds.testing.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A market in memory: one chain, one store, a service and a data set on sale, and a dispatcher that
 * can be killed and started again on the same store.
 */
final class TestMarket implements AutoCloseable {
  static final Domain DOMAIN =
      new Domain(31337, Address.fromHex("0x5555555555555555555555555555555555555555"));
  static final Address PROVIDER = account("provider");
  static final Address DATA_OWNER = account("data owner");
  static final Address DISPATCHER_PAYEE = account("dispatcher payee");
  static final Price PRICE = new Price(Amount.of(100), Amount.of(10), Amount.of(40), Amount.of(5));
  static final Amount DATA_PRICE = Amount.of(30);
  static final DatasetUse DATASET =
      new DatasetUse(DatasetId.of(1), FakeWorker.named("licence"), DATA_PRICE);
  static final ServiceRef SERVICE =
      new ServiceRef(ServiceId.of(1), 1, FakeWorker.named("image"), 1);

  /** A request that the dispatcher handed to a worker. */
  record Assigned(Task task, Attempt attempt, String sealedInputCid) {}

  final ManualClock clock = new ManualClock();
  final FakeTribunal tribunal = new FakeTribunal();
  final FakeChain chain = new FakeChain(DOMAIN, clock);
  final InMemoryStore disk = new InMemoryStore();
  final SplittableRandom random = new SplittableRandom(1);
  final SigningKey manager = SigningKey.generate(random);
  final SigningKey key = SigningKey.generate(random);
  final SigningKey user = SigningKey.generate(random);
  final FakeChain.DispatcherChain port = chain.as(key.address());
  final List<Assigned> assigned = new ArrayList<>();
  boolean takenOver;
  boolean unreachable;
  Dispatcher dispatcher;

  TestMarket() {
    chain.list(SERVICE, new MarketView.Service(SERVICE.imageDigest(), PRICE, 0, PROVIDER, true));
    chain.list(
        DATASET.id(),
        DATASET.licenceDigest(),
        new MarketView.Dataset(DATA_PRICE, DATA_OWNER, true));
    chain.activate(key.address(), true);
    allow(user, 0, 100_000);
    dispatcher = open(disk);
  }

  static DispatcherSettings settings() {
    return new DispatcherSettings(
        200,
        DISPATCHER_PAYEE,
        new DispatcherSettings.Orders(
            Duration.ofHours(1), 3, 100, Duration.ofMillis(50), Duration.ofHours(24)),
        new DispatcherSettings.Workers(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(3)),
        new DispatcherSettings.Batches(
            200, 15_000_000, Duration.ofMinutes(1), 1, Duration.ofMinutes(30), true, Posting.ROOT));
  }

  Dispatcher open(Store store) {
    return open(store, settings());
  }

  Dispatcher open(Store store, DispatcherSettings settings) {
    return Dispatcher.open(
        settings,
        new Dispatcher.Ground(
            new Wallet(DOMAIN, key),
            port,
            tribunal,
            store,
            (task, attempt, origin) -> {
              if (unreachable) {
                throw new TeexException(ErrorCode.UNAVAILABLE, "the worker cannot be reached");
              }
              assigned.add(new Assigned(task, attempt, origin.sealedInputCid()));
            },
            0,
            clock,
            Runnable::run,
            () -> takenOver = true));
  }

  /** Kills the dispatcher and starts another process on what it left. */
  void restart() {
    dispatcher.close();
    dispatcher = open(disk);
  }

  void allow(SigningKey payer, int lane, long amount) {
    chain.allow(
        payer.address(),
        key.address(),
        lane,
        Amount.of(amount),
        clock.seconds() + Duration.ofDays(1).toSeconds());
    port.refresh();
  }

  FakeWorker worker(String name) {
    return new FakeWorker(DOMAIN, manager, SigningKey.generate(random), name, clock);
  }

  /** A worker that has joined. */
  FakeWorker joinedWorker(String name, int slots) {
    FakeWorker worker = worker(name);
    join(worker, slots);
    return worker;
  }

  void join(FakeWorker worker, int slots, TaskId... running) {
    dispatcher.workers().join(node(worker, slots), Set.of(running));
  }

  static WorkerNode node(FakeWorker worker, int slots) {
    return new WorkerNode(
        worker.certificate(),
        "127.0.0.1:1",
        "http://127.0.0.1:2",
        TeeKind.SIMULATED,
        slots,
        1,
        "fake-1",
        FakeWorker.COST_TABLE);
  }

  OrderBuilder order() {
    return order(user);
  }

  OrderBuilder order(SigningKey by) {
    long head = chain.head();
    return new OrderBuilder(
        by.address(),
        key.address(),
        SERVICE,
        new BlockRef(head, chain.blockHash(head)),
        clock.seconds() + 600);
  }

  Task submit(OrderBuilder order) {
    return submit(user, order.build());
  }

  Task submit(SigningKey by, Order order) {
    return submit(by.sign(DOMAIN, order), Bytes.EMPTY);
  }

  Task submit(Signed<Order> order, Bytes session) {
    try {
      return dispatcher.orders().submit(order, session);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Task retry(Task task, int failedAttempt) {
    try {
      return dispatcher.orders().retry(task.id(), failedAttempt);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Attempt attempt(Task task) {
    return ((TaskState.Leased) task.state()).attempt();
  }

  FakeWorker.Tariff tariff(Task task) {
    Terms terms = task.terms();
    return new FakeWorker.Tariff(
        terms.price(),
        terms.provider(),
        terms.datasets(),
        terms.basisPoints(),
        terms.dispatcherPayee());
  }

  Receipt receipt(FakeWorker worker, Task task, Outcome outcome, long fuel) {
    return worker.receipt(
        task.order().value(),
        attempt(task).lease(task.id(), key.address()),
        tariff(task),
        outcome,
        fuel);
  }

  Signed<Acknowledgement> complete(FakeWorker worker, Task task) {
    return complete(worker, receipt(worker, task, Outcome.COMPLETED, 3_000_000));
  }

  Signed<Acknowledgement> complete(FakeWorker worker, Receipt receipt) {
    return complete(worker.sign(receipt));
  }

  Signed<Acknowledgement> complete(Signed<Receipt> receipt) {
    boolean output = !receipt.value().outputCiphertext().isZero();
    return dispatcher
        .receipts()
        .complete(
            new ReceiptDesk.Delivery(
                receipt,
                output ? "cid of " + receipt.value().taskId() : "",
                output ? Bytes.of((byte) 1, (byte) 2) : Bytes.EMPTY));
  }

  Task find(TaskId id) {
    return dispatcher.ledger().find(id).orElseThrow();
  }

  Amount locked(SigningKey payer, int lane) {
    return dispatcher.orders().lane(payer.address(), lane).locked();
  }

  Amount free(SigningKey payer, int lane) {
    return dispatcher.orders().lane(payer.address(), lane).free();
  }

  static Address account(String name) {
    Bytes32 hash = FakeWorker.named(name);
    return new Address(hash.value().slice(0, Address.SIZE));
  }

  @Override
  public void close() {
    dispatcher.close();
  }
}
