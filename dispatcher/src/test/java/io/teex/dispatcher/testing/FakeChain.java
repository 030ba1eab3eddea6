package io.teex.dispatcher.testing;

import io.teex.dispatcher.Allowance;
import io.teex.dispatcher.Batch;
import io.teex.dispatcher.Chain;
import io.teex.dispatcher.MarketView;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The contracts in memory, with their rules: it refuses every batch that Settlement refuses. Each
 * change is a block. A dispatcher sees it through {@link #as}.
 */
public final class FakeChain {
  public static final Duration WITHDRAW_DELAY = Duration.ofHours(2);

  private record LaneId(Address payer, Address dispatcher, int lane) {}

  private record LicenceId(DatasetId dataset, Bytes32 digest) {}

  private record Money(Amount remaining, long settledSequence, long expiry) {}

  private final Domain domain;
  private final InstantSource clock;
  private final List<Bytes32> blocks = new ArrayList<>();
  private final Map<LaneId, Money> lanes = new HashMap<>();
  private final Map<ServiceRef, MarketView.Service> services = new HashMap<>();
  private final Map<LicenceId, MarketView.Dataset> datasets = new HashMap<>();
  private final Map<TaskId, MarketView.Escrow> escrows = new HashMap<>();
  private final List<Chain.Request> requests = new ArrayList<>();
  private final Map<Address, List<Batch>> batches = new HashMap<>();
  private final Map<Address, Amount> credits = new TreeMap<>();
  private final Map<Address, Amount> refunds = new TreeMap<>();
  private final Set<Address> active = new HashSet<>();
  private final Set<Address> introduced = new HashSet<>();
  private final Set<Address> unwelcome = new HashSet<>();
  private final Set<TaskId> unreadable = new HashSet<>();
  private Amount deposited = Amount.ZERO;
  private Amount freeStake = Amount.MAX;

  public FakeChain(Domain domain, InstantSource clock) {
    this.domain = domain;
    this.clock = clock;
    mine();
  }

  /** Makes an empty block. */
  public synchronized void mine() {
    blocks.add(
        Keccak.hash("block %d".formatted(blocks.size()).getBytes(StandardCharsets.US_ASCII)));
  }

  public synchronized void activate(Address dispatcher, boolean isActive) {
    if (isActive) {
      active.add(dispatcher);
    } else {
      active.remove(dispatcher);
    }
    mine();
  }

  /** What a batch may take from now on; every batch lessens it. */
  public synchronized void freeStake(Amount amount) {
    freeStake = amount;
    mine();
  }

  public synchronized void list(ServiceRef reference, MarketView.Service service) {
    services.put(reference, service);
    mine();
  }

  public synchronized void list(DatasetId id, Bytes32 licence, MarketView.Dataset dataset) {
    datasets.put(new LicenceId(id, licence), dataset);
    mine();
  }

  /** Tops a lane up. */
  public synchronized void allow(
      Address payer, Address dispatcher, int lane, Amount amount, long expiry) {
    LaneId id = new LaneId(payer, dispatcher, lane);
    Money money = lanes.getOrDefault(id, new Money(Amount.ZERO, 0, 0));
    lanes.put(id, new Money(money.remaining().plus(amount), money.settledSequence(), expiry));
    deposited = deposited.plus(amount);
    mine();
  }

  public synchronized void close(Address payer, Address dispatcher, int lane) {
    LaneId id = new LaneId(payer, dispatcher, lane);
    Money money = lane(id);
    lanes.put(id, new Money(money.remaining(), money.settledSequence(), now()));
    mine();
  }

  public synchronized void release(Address payer, Address dispatcher, int lane) {
    LaneId id = new LaneId(payer, dispatcher, lane);
    Money money = lane(id);
    if (now() < money.expiry() + WITHDRAW_DELAY.toSeconds()) {
      throw rejected("AllowanceNotReleasable");
    }
    refunds.merge(payer, money.remaining(), Amount::plus);
    lanes.put(id, new Money(Amount.ZERO, money.settledSequence(), money.expiry()));
    mine();
  }

  /** Orders on chain, with an escrow of the order's maximal fee. */
  public synchronized void request(Signed<Order> order, String sealedInputCid) {
    mine();
    request(order, sealedInputCid, head());
  }

  /** The same in a block that is there. */
  public synchronized void request(Signed<Order> order, String sealedInputCid, long block) {
    Order value = order.value();
    TaskId id = value.id(domain);
    escrows.put(
        id,
        new MarketView.Escrow(
            value.user(), value.fee().max(), true, value.deadline() + WITHDRAW_DELAY.toSeconds()));
    deposited = deposited.plus(value.fee().max());
    requests.add(new Chain.Request(id, order, sealedInputCid, block));
  }

  /**
   * A reorganisation takes the place of the newest blocks, in which nothing is requested any more.
   * Money and listings stay as they are.
   */
  public synchronized void reorganise(int depth) {
    long kept = head() - depth;
    for (long number = kept + 1; number < blocks.size(); number++) {
      blocks.set(
          (int) number,
          Keccak.hash(
              ("another than " + blocks.get((int) number)).getBytes(StandardCharsets.US_ASCII)));
    }
    List<Chain.Request> undone =
        requests.stream().filter(request -> request.block() > kept).toList();
    requests.removeAll(undone);
    for (Chain.Request request : undone) {
      deposited = deposited.minus(escrow(request.task()).amount());
      escrows.remove(request.task());
    }
  }

  /** Whether the node answers when it is asked about this request. */
  public synchronized void readable(TaskId task, boolean isReadable) {
    if (isReadable) {
      unreadable.remove(task);
    } else {
      unreadable.add(task);
    }
  }

  private synchronized void requireReadable(TaskId task) {
    if (unreadable.contains(task)) {
      throw new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the node does not answer");
    }
  }

  /** Gives an open request's escrow back. */
  public synchronized void reclaim(TaskId task) {
    MarketView.Escrow escrow = escrow(task);
    escrows.put(
        task, new MarketView.Escrow(escrow.user(), Amount.ZERO, false, escrow.reclaimableAt()));
    refunds.merge(escrow.user(), escrow.amount(), Amount::plus);
    mine();
  }

  public synchronized Allowance allowance(Address payer, Address dispatcher, int lane) {
    Money money =
        lanes.getOrDefault(new LaneId(payer, dispatcher, lane), new Money(Amount.ZERO, 0, 0));
    return new Allowance(money.remaining(), money.settledSequence(), money.expiry());
  }

  /** Lets the registry refuse a worker. */
  public synchronized void refuse(Address worker) {
    unwelcome.add(worker);
  }

  /** Whether the registry was told of this worker. */
  public synchronized boolean knows(Address worker) {
    return introduced.contains(worker);
  }

  public synchronized Amount credit(Address account) {
    return credits.getOrDefault(account, Amount.ZERO);
  }

  public synchronized Amount refund(Address account) {
    return refunds.getOrDefault(account, Amount.ZERO);
  }

  public synchronized List<Batch> batches(Address dispatcher) {
    return List.copyOf(batches.getOrDefault(dispatcher, List.of()));
  }

  public synchronized long head() {
    return blocks.size() - 1L;
  }

  public synchronized Bytes32 blockHash(long number) {
    return blocks.get((int) number);
  }

  /** Whether every unit that was paid in is in exactly one place. */
  public synchronized boolean isConserved() {
    Amount held = Amount.ZERO;
    for (Money money : lanes.values()) {
      held = held.plus(money.remaining());
    }
    for (MarketView.Escrow escrow : escrows.values()) {
      held = held.plus(escrow.open() ? escrow.amount() : Amount.ZERO);
    }
    for (Amount amount : credits.values()) {
      held = held.plus(amount);
    }
    for (Amount amount : refunds.values()) {
      held = held.plus(amount);
    }
    return held.equals(deposited);
  }

  /** A reorganisation undoes the newest batch. */
  public synchronized void undoLastBatch(Address dispatcher) {
    Batch batch = settled(dispatcher).removeLast();
    for (Debit debit : batch.debits()) {
      LaneId id = new LaneId(debit.payer(), dispatcher, debit.lane());
      Money money = lane(id);
      lanes.put(
          id,
          new Money(
              money.remaining().plus(debit.amount()),
              previousSettled(dispatcher, debit),
              money.expiry()));
    }
    for (Credit credit : batch.credits()) {
      credits.merge(credit.account(), credit.amount(), Amount::minus);
    }
    mine();
  }

  private Money lane(LaneId id) {
    return lanes.getOrDefault(id, new Money(Amount.ZERO, 0, 0));
  }

  private MarketView.Escrow escrow(TaskId task) {
    return Objects.requireNonNull(escrows.get(task), "no request");
  }

  private List<Batch> settled(Address dispatcher) {
    return batches.computeIfAbsent(dispatcher, key -> new ArrayList<>());
  }

  private long previousSettled(Address dispatcher, Debit undone) {
    return settled(dispatcher).stream()
        .flatMap(batch -> batch.debits().stream())
        .filter(debit -> debit.payer().equals(undone.payer()) && debit.lane() == undone.lane())
        .mapToLong(Debit::to)
        .max()
        .orElse(0);
  }

  /** The chain as this dispatcher uses it. */
  public DispatcherChain as(Address dispatcher) {
    return new DispatcherChain(dispatcher);
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private synchronized Bytes32 settle(Batch batch) {
    BatchHeader header = batch.header().value();
    batch.header().requireSigner(domain, header.dispatcher());
    require(active.contains(header.dispatcher()), "DispatcherNotActive");
    List<Batch> before = settled(header.dispatcher());
    require(header.number() == before.size() + 1, "BatchOutOfOrder");
    Bytes32 head = before.isEmpty() ? Bytes32.ZERO : before.getLast().hash(domain);
    require(header.previous().equals(head), "BatchNotLinked");
    require(header.debits().equals(BatchHeader.digest(Debit.class, batch.debits())), "Debits");
    require(
        header.requests().equals(BatchHeader.digest(RequestPayment.class, batch.requests())),
        "RequestsMismatch");
    require(header.credits().equals(BatchHeader.digest(Credit.class, batch.credits())), "Credits");
    Map<LaneId, Money> newLanes = new HashMap<>(lanes);
    Map<TaskId, MarketView.Escrow> newEscrows = new HashMap<>(escrows);
    Map<Address, Amount> newRefunds = new TreeMap<>(refunds);
    Amount taken = Amount.ZERO;
    long counted = 0;
    for (Debit debit : batch.debits()) {
      LaneId id = new LaneId(debit.payer(), header.dispatcher(), debit.lane());
      Money money = newLanes.getOrDefault(id, new Money(Amount.ZERO, 0, 0));
      require(now() < money.expiry() + WITHDRAW_DELAY.toSeconds(), "AllowanceOver");
      require(debit.to() > money.settledSequence(), "SequenceNotAfter");
      require(debit.amount().compareTo(money.remaining()) <= 0, "AllowanceExceeded");
      counted += debit.to() - money.settledSequence();
      taken = taken.plus(debit.amount());
      newLanes.put(
          id, new Money(money.remaining().minus(debit.amount()), debit.to(), money.expiry()));
    }
    for (RequestPayment payment : batch.requests()) {
      require(newEscrows.containsKey(payment.taskId()), "RequestNotOpen");
      MarketView.Escrow escrow = Objects.requireNonNull(newEscrows.get(payment.taskId()));
      require(escrow.open(), "RequestNotOpen");
      require(now() < escrow.reclaimableAt(), "RequestOver");
      require(payment.amount().compareTo(escrow.amount()) <= 0, "RequestEscrowExceeded");
      newRefunds.merge(escrow.user(), escrow.amount().minus(payment.amount()), Amount::plus);
      newEscrows.put(
          payment.taskId(),
          new MarketView.Escrow(escrow.user(), Amount.ZERO, false, escrow.reclaimableAt()));
      taken = taken.plus(payment.amount());
      counted++;
    }
    Amount credited = Amount.ZERO;
    for (Credit credit : batch.credits()) {
      require(!credit.account().isZero(), "CreditToNobody");
      credited = credited.plus(credit.amount());
    }
    require(taken.equals(credited) && taken.equals(header.total()), "BatchUnbalanced");
    require(counted == header.count(), "BatchCountMismatch");
    require(taken.compareTo(freeStake) <= 0, "StakeTooSmall");
    freeStake = freeStake.minus(taken);
    lanes.putAll(newLanes);
    escrows.putAll(newEscrows);
    refunds.putAll(newRefunds);
    batch.credits().forEach(c -> credits.merge(c.account(), c.amount(), Amount::plus));
    before.add(batch);
    mine();
    return transaction(batch);
  }

  private Bytes32 transaction(Batch batch) {
    return Keccak.hash(TypedData.hash(domain, batch.header().value()).copy());
  }

  private static void require(boolean condition, String error) {
    if (!condition) {
      throw rejected(error);
    }
  }

  private static TeexException rejected(String error) {
    return new TeexException(ErrorCode.CHAIN_REJECTED, "settling: " + error);
  }

  /** How sending a batch goes wrong, once. */
  public enum Fault {
    NONE,
    /** It never reached the chain. */
    LOST,
    /** It was settled, but the answer was lost. */
    ANSWER_LOST,
    /** A reorganisation undid the batch before while it was on its way. */
    ONE_BEFORE_UNDONE,
    /** The chain takes no receipts. */
    NOT_POSTED
  }

  /** One dispatcher's port to this chain. */
  public final class DispatcherChain implements Chain {
    private final Address dispatcher;
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final Map<Long, ReceiptData> posted = new HashMap<>();
    private MarketView view;
    private long sent;

    private DispatcherChain(Address dispatcher) {
      this.dispatcher = dispatcher;
      this.view = new View(dispatcher);
    }

    /** Lets the next batch that is sent go wrong. */
    public void failNext(Fault next) {
      faults.add(next);
    }

    /** Lets the batch after the next one go wrong. */
    public void failSecond(Fault next) {
      faults.addAll(List.of(Fault.NONE, next));
    }

    /** How many batches were sent. */
    public long sent() {
      return sent;
    }

    @Override
    public MarketView view() {
      return view;
    }

    @Override
    public MarketView refresh() {
      if (!view.block().hash().equals(blockHash(head()))) {
        view = new View(dispatcher);
      }
      return view;
    }

    @Override
    public Duration withdrawDelay() {
      return WITHDRAW_DELAY;
    }

    @Override
    public List<Request> requests(long from, long to) {
      synchronized (FakeChain.this) {
        return requests.stream()
            .filter(request -> request.block() >= from && request.block() <= to)
            .toList();
      }
    }

    @Override
    public BatchHead batchHead() {
      synchronized (FakeChain.this) {
        List<Batch> settled = batches(dispatcher);
        return settled.isEmpty()
            ? new BatchHead(0, Bytes32.ZERO)
            : new BatchHead(settled.size(), settled.getLast().hash(domain));
      }
    }

    @Override
    public Optional<Bytes32> settlingTransaction(long number, Bytes32 headerHash) {
      return batches(dispatcher).stream()
          .filter(batch -> batch.number() == number && batch.hash(domain).equals(headerHash))
          .map(FakeChain.this::transaction)
          .findFirst();
    }

    @Override
    public Bytes32 settle(Batch batch) {
      Fault now = faults.isEmpty() ? Fault.NONE : faults.removeFirst();
      sent++;
      if (now == Fault.LOST) {
        throw new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the transaction is lost");
      }
      if (now == Fault.ONE_BEFORE_UNDONE) {
        undoLastBatch(dispatcher);
      }
      Bytes32 transaction = FakeChain.this.settle(batch);
      if (now == Fault.ANSWER_LOST) {
        throw new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the answer is lost");
      }
      return transaction;
    }

    @Override
    public Bytes32 settle(Batch batch, ReceiptData receipts) {
      if (faults.peek() == Fault.NOT_POSTED) {
        faults.remove();
        throw new TeexException(ErrorCode.CHAIN_REJECTED, "the chain takes no receipts");
      }
      Bytes32 transaction = settle(batch);
      posted.put(batch.number(), receipts);
      return transaction;
    }

    /** The receipts that were posted with the batch of this number. */
    public Optional<ReceiptData> posted(long number) {
      return Optional.ofNullable(posted.get(number));
    }

    @Override
    public void introduce(Signed<NodeCertificate> worker) {
      synchronized (FakeChain.this) {
        if (unwelcome.contains(worker.value().signer())) {
          throw rejected("MeasurementNotAccepted");
        }
        introduced.add(worker.value().signer());
      }
    }

    @Override
    public void admit(Signed<NodeCertificate> certificate) {
      activate(certificate.value().signer(), true);
    }
  }

  /** Everything as it was when this was made. */
  private final class View implements MarketView {
    private final Address dispatcher;
    private final Block block;
    private final List<Bytes32> hashes;
    private final Map<LaneId, Money> lanesThen;
    private final Map<ServiceRef, Service> servicesThen;
    private final Map<LicenceId, Dataset> datasetsThen;
    private final Map<TaskId, Escrow> escrowsThen;
    private final boolean activeThen;
    private final Amount freeStakeThen;

    View(Address dispatcher) {
      synchronized (FakeChain.this) {
        this.dispatcher = dispatcher;
        this.hashes = List.copyOf(blocks);
        this.block = new Block(blocks.size() - 1, blocks.getLast(), now());
        this.lanesThen = Map.copyOf(lanes);
        this.servicesThen = Map.copyOf(services);
        this.datasetsThen = Map.copyOf(datasets);
        this.escrowsThen = Map.copyOf(escrows);
        this.activeThen = active.contains(dispatcher);
        this.freeStakeThen = freeStake;
      }
    }

    @Override
    public Block block() {
      return block;
    }

    @Override
    public Optional<Bytes32> blockHash(long number) {
      return Optional.of(hashes.get((int) number));
    }

    @Override
    public Optional<Service> service(ServiceRef reference) {
      // The chain knows versions and prices; which image an order names is the order's business.
      return servicesThen.entrySet().stream()
          .filter(entry -> sameListing(entry.getKey(), reference))
          .map(Map.Entry::getValue)
          .findFirst();
    }

    private static boolean sameListing(ServiceRef listed, ServiceRef asked) {
      return listed.id().equals(asked.id())
          && listed.version() == asked.version()
          && listed.priceVersion() == asked.priceVersion();
    }

    @Override
    public Optional<Dataset> dataset(DatasetId id, Bytes32 licenceDigest) {
      return Optional.ofNullable(datasetsThen.get(new LicenceId(id, licenceDigest)));
    }

    @Override
    public Allowance allowance(Address payer, int lane) {
      Money money =
          lanesThen.getOrDefault(new LaneId(payer, dispatcher, lane), new Money(Amount.ZERO, 0, 0));
      return new Allowance(money.remaining(), money.settledSequence(), money.expiry());
    }

    @Override
    public Optional<Escrow> escrow(TaskId task) {
      requireReadable(task);
      return Optional.ofNullable(escrowsThen.get(task));
    }

    @Override
    public Amount freeStake() {
      return freeStakeThen;
    }

    @Override
    public Stake workerStake(Address worker) {
      return new Stake(Amount.ZERO, Amount.ZERO);
    }

    @Override
    public boolean isRevoked(Address node) {
      return false;
    }

    @Override
    public boolean isDispatcherActive() {
      return activeThen;
    }
  }
}
