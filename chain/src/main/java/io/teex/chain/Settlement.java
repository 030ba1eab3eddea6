package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Coded;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.Order;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The users' money: free balances, allowances per lane, escrows of requests, credits. */
public final class Settlement extends Contract {
  /** What keeping a blob's hash costs at most: forge counts 1,843. */
  public static final long GAS_PER_BLOB = 4_000;

  private static final int BLOCKS_AT_ONCE = 5_000;

  /**
   * What a payer lets one dispatcher spend in one lane.
   *
   * @param settledSequence the last sequence that a batch debited; kept for ever
   * @param expiry seconds since the epoch; from then on no new order is taken
   */
  public record Allowance(Amount remaining, long settledSequence, @Uint(40) long expiry) {}

  /**
   * {@code OPEN} becomes {@code PAID} or {@code RECLAIMED}, and {@code PAID} becomes {@code
   * RECLAIMED} if its batch is cancelled.
   */
  public enum RequestState implements Coded {
    NONE(0),
    OPEN(1),
    PAID(2),
    RECLAIMED(3);

    private final int code;

    RequestState(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /**
   * The money behind an on-chain request.
   *
   * @param reclaimableAt seconds since the epoch; from then on no batch can take it
   * @param escrow zero once it is paid or reclaimed
   */
  public record Request(
      Address user, @Uint(40) long reclaimableAt, RequestState state, Amount escrow) {}

  /**
   * Where a dispatcher's chain of batches ends.
   *
   * @param number of the last settled batch, 0 before the first
   * @param period that it was settled in
   * @param frozen for ever: nothing is settled any more
   * @param head EIP-712 hash of its header, zero before the first
   * @param newer what its batches took in that period
   * @param older and in the one before
   */
  public record BatchChain(
      long number, int period, boolean frozen, Bytes32 head, Amount newer, Amount older) {}

  /** {@code SETTLED} may become {@code CANCELLED}, see {@link Court}. */
  public enum BatchState implements Coded {
    NONE(0),
    SETTLED(1),
    CANCELLED(2);

    private final int code;

    BatchState(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /**
   * What is kept of a batch for ever.
   *
   * @param settledAt seconds since the epoch
   * @param previous hash of the sequences that its debits went on from
   */
  public record BatchRecord(@Uint(40) long settledAt, BatchState state, Bytes32 previous) {}

  /** An order that a user placed on chain. */
  public record Requested(
      TaskId task, Signed<Order> order, String sealedInputCid, long block, Bytes32 transaction) {}

  /** A batch that was settled. */
  public record Settled(
      Address dispatcher,
      long number,
      Bytes32 header,
      Bytes32 receiptsRoot,
      int count,
      Amount total,
      long block,
      Bytes32 transaction) {}

  record RequestedIndex(TaskId task, Address user) {}

  record RequestedData(Order order, Signature signature, String sealedInputCid) {}

  record SettledIndex(Address dispatcher, long number, Bytes32 header) {}

  record SettledData(Bytes32 receiptsRoot, int count, Amount total) {}

  private record OfAmount(Amount amount) {}

  private record WithPermit(Amount amount, Permit permit) {}

  private record Lane(Address dispatcher, int lane) {}

  private record Allow(Address dispatcher, int lane, Amount amount, @Uint(40) long expiry) {}

  private record AllowWithPermit(
      Address dispatcher, int lane, Amount amount, @Uint(40) long expiry, Permit permit) {}

  private record RequestCall(Order order, Signature signature, String sealedInputCid) {}

  private record RequestWithPermit(
      Order order, Signature signature, String sealedInputCid, Permit permit) {}

  private record OfTask(TaskId task) {}

  private record OfAccount(Address account) {}

  private record OfBatch(Bytes32 header) {}

  private record OfLane(Address payer, Address dispatcher, int lane) {}

  private record Settle(Batch batch) {}

  record SettleWithReceipts(Batch batch, Bytes receipts) {}

  record SettleWithBlobs(Batch batch, BigInteger blobs) {}

  /** A batch as the contracts take it. */
  record Batch(
      BatchHeader header,
      List<Debit> debits,
      List<RequestPayment> requests,
      List<Credit> credits,
      Signature signature) {
    static Batch of(SignedBatch batch) {
      return new Batch(
          batch.header().value(),
          batch.debits(),
          batch.requests(),
          batch.credits(),
          batch.header().signature());
    }
  }

  static final Event<RequestedIndex, RequestedData> REQUESTED =
      Event.of("Requested", RequestedIndex.class, RequestedData.class);

  private record LaneIndex(Address payer, Address dispatcher, int lane) {}

  private record LaneDebited(long previous, long to, Amount amount) {}

  private static final Event<LaneIndex, LaneDebited> LANE_DEBITED =
      Event.of("LaneDebited", LaneIndex.class, LaneDebited.class);
  static final Event<SettledIndex, SettledData> SETTLED =
      Event.of("Settled", SettledIndex.class, SettledData.class);

  public Settlement(ChainReader chain, Addresses addresses) {
    super(chain, addresses.settlement());
  }

  /** Moves approved tokens into the sender's free balance. */
  public Mined deposit(TransactionSender user, Amount amount) {
    return send(user, "depositing", TypedData.encodeCall("deposit", new OfAmount(amount)));
  }

  /** Moves tokens into the sender's free balance by a permit over the same amount. */
  public Mined deposit(TransactionSender user, Amount amount, Permit permit) {
    return send(
        user,
        "depositing",
        TypedData.encodeCall("depositWithPermit", new WithPermit(amount, permit)));
  }

  /** Pays out of the sender's free balance. */
  public Mined withdraw(TransactionSender user, Amount amount) {
    return send(user, "withdrawing", TypedData.encodeCall("withdraw", new OfAmount(amount)));
  }

  /**
   * Moves free balance into a lane's allowance.
   *
   * @param expiry seconds since the epoch, not earlier than the lane's
   */
  public Mined allow(
      TransactionSender user, Address dispatcher, int lane, Amount amount, long expiry) {
    return send(
        user,
        "allowing dispatcher " + dispatcher,
        TypedData.encodeCall("allow", new Allow(dispatcher, lane, amount, expiry)));
  }

  /** Deposits by a permit over the same amount, and moves it into a lane's allowance. */
  public Mined depositAndAllow(
      TransactionSender user,
      Address dispatcher,
      int lane,
      Amount amount,
      long expiry,
      Permit permit) {
    return send(
        user,
        "allowing dispatcher " + dispatcher,
        TypedData.encodeCall(
            "depositAndAllowWithPermit",
            new AllowWithPermit(dispatcher, lane, amount, expiry, permit)));
  }

  /** Lets the sender's lane expire now: it can still be debited, but not newly locked. */
  public Mined close(TransactionSender user, Address dispatcher, int lane) {
    return send(
        user, "closing lane " + lane, TypedData.encodeCall("close", new Lane(dispatcher, lane)));
  }

  /** Moves what remains in an expired lane back to the free balance, after the delay. */
  public Mined release(TransactionSender user, Address dispatcher, int lane) {
    return send(
        user,
        "releasing lane " + lane,
        TypedData.encodeCall("release", new Lane(dispatcher, lane)));
  }

  /** Orders a task on chain out of the sender's free balance. */
  public Mined request(TransactionSender user, Signed<Order> order, String sealedInputCid) {
    return send(
        user,
        "requesting a task",
        TypedData.encodeCall(
            "request", new RequestCall(order.value(), order.signature(), sealedInputCid)));
  }

  /** Orders a task on chain by a permit over the order's maximal fee. */
  public Mined request(
      TransactionSender user, Signed<Order> order, String sealedInputCid, Permit permit) {
    return send(
        user,
        "requesting a task",
        TypedData.encodeCall(
            "depositAndRequestWithPermit",
            new RequestWithPermit(order.value(), order.signature(), sealedInputCid, permit)));
  }

  /** Gives an unsettled request's escrow back to its user, after the delay; anybody may send it. */
  public Mined reclaim(TransactionSender sender, TaskId task) {
    return send(sender, "reclaiming " + task, TypedData.encodeCall("reclaim", new OfTask(task)));
  }

  /**
   * Settles a batch; anybody may send it. The contract takes each once, and a sender with an outbox
   * sends each once, also after a restart, and whatever it posts beside it.
   */
  public Mined settle(TransactionSender sender, SignedBatch batch) {
    return sender.callOnce(
        intent(batch),
        "settling batch " + batch.header().value().number(),
        address(),
        TypedData.encodeCall("settle", new Settle(Batch.of(batch))));
  }

  /** Settles a batch, and shows everybody what it settled in the transaction's data. */
  public Mined settleWithReceipts(
      TransactionSender sender, SignedBatch batch, ReceiptData receipts) {
    return sender.callOnce(
        intent(batch),
        "settling batch %d with its receipts".formatted(batch.header().value().number()),
        address(),
        TypedData.encodeCall(
            "settleWithReceipts", new SettleWithReceipts(Batch.of(batch), receipts.encode())));
  }

  /**
   * Settles a batch, and shows everybody what it settled in blobs, which nodes keep for some weeks.
   *
   * @throws TeexException {@code USAGE} if the receipts do not fit a transaction's blobs, {@code
   *     CHAIN_REJECTED} if the chain has no blobs
   */
  public Mined settleWithBlobs(
      TransactionSender sender, SignedBatch batch, ReceiptData receipts, BlobProver prover) {
    List<Bytes> blobs = BlobCoding.split(receipts.encode());
    return sender.callOnce(
        intent(batch),
        "settling batch %d with its receipts in %d blobs"
            .formatted(batch.header().value().number(), blobs.size()),
        address(),
        TypedData.encodeCall(
            "settleWithBlobs",
            new SettleWithBlobs(Batch.of(batch), BigInteger.valueOf(blobs.size()))),
        new TransactionSender.GasLike(
            TypedData.encodeCall("settle", new Settle(Batch.of(batch))),
            blobs.size() * GAS_PER_BLOB),
        () -> Sidecar.of(blobs, prover));
  }

  /** A batch has its effect once, so two calls that settle it are for one thing. */
  private String intent(SignedBatch batch) {
    return "%s batch %s".formatted(address(), Keccak.hash(batch.header().encode()));
  }

  /** Pays out what the sender earned and no challenge can take back any more. */
  public Mined claim(TransactionSender account) {
    return send(account, "claiming earnings", TypedData.encodeCall("claim"));
  }

  public Duration withdrawDelay() {
    return Duration.ofSeconds(number(TypedData.encodeCall("withdrawDelay")).longValueExact());
  }

  public Bytes32 domainSeparator() {
    return values(HashValue.class, TypedData.encodeCall("domainSeparator")).value();
  }

  /** The free balance. */
  public Amount balance(Address account) {
    return new Amount(number(TypedData.encodeCall("balance", new OfAccount(account))));
  }

  /** What an account may claim now. */
  public Amount claimable(Address account) {
    return new Amount(number(TypedData.encodeCall("claimable", new OfAccount(account))));
  }

  /** What an account has earned in batches that can still be challenged. */
  public Amount pending(Address account) {
    return new Amount(number(TypedData.encodeCall("pending", new OfAccount(account))));
  }

  /** What a dispatcher's batches took that is not final yet. */
  public Amount unfinalDebits(Address dispatcher) {
    return new Amount(number(TypedData.encodeCall("unfinalDebits", new OfAccount(dispatcher))));
  }

  /** Credits can be claimed when the period after that of their batch has passed. */
  public Duration period() {
    return Duration.ofSeconds(number(TypedData.encodeCall("period")).longValueExact());
  }

  /** Where the deployment's {@link Court} is. */
  public Address court() {
    return values(AddressValue.class, TypedData.encodeCall("court")).value();
  }

  /** Where the deployment's {@link Demands} are. */
  public Address demands() {
    return values(AddressValue.class, TypedData.encodeCall("demands")).value();
  }

  /** Where the deployment's {@link Stakes} are. */
  public Address stakes() {
    return values(AddressValue.class, TypedData.encodeCall("stakes")).value();
  }

  /** All zero if the lane was never opened. */
  public Allowance allowance(Address payer, Address dispatcher, int lane) {
    return struct(
        Allowance.class, TypedData.encodeCall("allowance", new OfLane(payer, dispatcher, lane)));
  }

  /** Empty if it was never requested. */
  public Optional<Request> request(TaskId task) {
    Request request = struct(Request.class, TypedData.encodeCall("requestOf", new OfTask(task)));
    return request.state() == RequestState.NONE ? Optional.empty() : Optional.of(request);
  }

  /**
   * @param header EIP-712 hash of its header
   */
  public BatchRecord batch(Bytes32 header) {
    return struct(BatchRecord.class, TypedData.encodeCall("batch", new OfBatch(header)));
  }

  public BatchChain batchChain(Address dispatcher) {
    return struct(BatchChain.class, TypedData.encodeCall("batchChain", new OfAccount(dispatcher)));
  }

  /**
   * The requests made in a block range, both ends included, in order. An order with values that no
   * TEEX client makes is left out: its user gets her escrow back.
   */
  public List<Requested> requests(long from, long to) {
    return REQUESTED.in(chain(), address(), from, to).stream()
        .map(event ->
            new Requested(
                event.indexed().task(),
                new Signed<>(event.data().order(), event.data().signature()),
                event.data().sealedInputCid(),
                event.log().block(),
                event.log().transaction()))
        .toList();
  }

  /** The ids of all requests made in a block range, whatever their orders say. */
  public List<TaskId> requestedTasks(long from, long to) {
    return chain().logs(address(), List.of(REQUESTED.topic()), from, to).stream()
        .map(log -> new TaskId(log.topics().get(1)))
        .toList();
  }

  /** All batches settled in a block range, both ends included, in order. */
  public List<Settled> batches(long from, long to) {
    return SETTLED.in(chain(), address(), from, to).stream().map(Settlement::settled).toList();
  }

  /** A dispatcher's batches settled in a block range, both ends included, in order. */
  public List<Settled> batches(Address dispatcher, long from, long to) {
    return SETTLED.in(chain(), address(), from, to, Event.word(dispatcher)).stream()
        .map(Settlement::settled)
        .toList();
  }

  /** The batch of a number, which is looked for from the newest block on. */
  public Optional<Settled> batch(Address dispatcher, long number, long newestBlock) {
    for (long to = newestBlock; to >= 0; to -= BLOCKS_AT_ONCE) {
      Optional<Settled> found =
          batches(dispatcher, Math.max(0, to - BLOCKS_AT_ONCE + 1), to).stream()
              .filter(settled -> settled.number() == number)
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * What a settled batch consists of, as its transaction shows it.
   *
   * @param previous the sequences that its debits went on from
   */
  public record Opened(SignedBatch batch, List<Long> previous) {}

  /**
   * Reads a batch back from its transaction.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not know the transaction any
   *     more, or it settled through a contract that is not TEEX's
   */
  public Opened open(ChainClient client, Settled settled) {
    Bytes input = client.input(settled.transaction());
    Batch batch =
        decode(() -> settledBy(input))
            .orElseThrow(() -> unreadable(settled, "settles by a call that is not known here"));
    List<Long> previous =
        LANE_DEBITED.in(chain(), address(), settled.block(), settled.block()).stream()
            .filter(debit -> debit.log().transaction().equals(settled.transaction()))
            .map(debit -> debit.data().previous())
            .toList();
    return new Opened(
        new SignedBatch(
            new Signed<>(batch.header(), batch.signature()),
            batch.debits(),
            batch.requests(),
            batch.credits()),
        previous);
  }

  /** The batch in the data of any of our calls that settle one. */
  private static Optional<Batch> settledBy(Bytes call) {
    return TypedData.decodeCall("settle", Settle.class, call)
        .map(Settle::batch)
        .or(() ->
            TypedData.decodeCall("settleWithReceipts", SettleWithReceipts.class, call)
                .map(SettleWithReceipts::batch))
        .or(() ->
            TypedData.decodeCall("settleWithBlobs", SettleWithBlobs.class, call)
                .map(SettleWithBlobs::batch))
        .or(() -> StateAnchor.settledBy(call));
  }

  private static TeexException unreadable(Settled settled, String why) {
    return new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "transaction %s of batch %d %s".formatted(settled.transaction(), settled.number(), why));
  }

  private static Settled settled(Event.Emitted<SettledIndex, SettledData> event) {
    return new Settled(
        event.indexed().dispatcher(),
        event.indexed().number(),
        event.indexed().header(),
        event.data().receiptsRoot(),
        event.data().count(),
        event.data().total(),
        event.log().block(),
        event.log().transaction());
  }
}
