package io.teex.sdk;

import io.teex.chain.Permit;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Order;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Orders tasks and pays for them, with one dispatcher. Money is deposited, then allowed to the
 * dispatcher in lanes, each a budget of its own; {@link #close} and {@link #release} take back what
 * is left. Safe for many threads: tasks of one lane are submitted in order and executed side by
 * side.
 */
public final class User {
  private static final Duration PERMIT_LIFE = Duration.ofHours(1);

  private final Market market;
  private final TransactionSigner signer;
  private final OutputKeys outputKeys;
  private final Dispatching dispatcher;
  private final OrderBook orders;
  private final TaskRunner tasks;
  private final Settlement settlement;
  private final Token token;
  private final TransactionSender sender;
  private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

  User(
      Market market,
      TransactionSigner signer,
      Dispatching dispatcher,
      OrderBook orders,
      TaskRunner tasks) {
    this.market = market;
    this.signer = signer;
    this.outputKeys = OutputKeys.of(signer, market.random());
    this.dispatcher = dispatcher;
    this.orders = orders;
    this.tasks = tasks;
    this.settlement = new Settlement(market.chain(), market.addresses());
    this.token = new Token(market.chain(), market.addresses());
    this.sender = new TransactionSender(market.chain(), signer);
  }

  public Address address() {
    return signer.address();
  }

  /** The dispatcher that this user works with. */
  public Address dispatcher() {
    return dispatcher.address();
  }

  /** Moves tokens of hers into her free balance, in one transaction. */
  public void deposit(Amount amount) {
    settlement.deposit(sender, amount, permit(amount));
  }

  /**
   * Lets the dispatcher spend {@code amount} of her free balance in a lane.
   *
   * @param expiry from when on no new order is taken; orders end before it
   */
  public void allow(int lane, Amount amount, Instant expiry) {
    settlement.allow(sender, dispatcher.address(), lane, amount, expiry.getEpochSecond());
  }

  /** {@link #deposit} and {@link #allow} in one transaction. */
  public void depositAndAllow(int lane, Amount amount, Instant expiry) {
    settlement.depositAndAllow(
        sender, dispatcher.address(), lane, amount, expiry.getEpochSecond(), permit(amount));
  }

  private Permit permit(Amount amount) {
    long deadline = market.chain().head().time() + PERMIT_LIFE.toSeconds();
    return token
        .permit(signer, settlement.address(), amount, deadline)
        .orElseGet(() -> approved(amount));
  }

  /** Settlement takes what is approved if a permit is worth nothing. */
  private Permit approved(Amount amount) {
    token.approve(sender, settlement.address(), amount);
    return Permit.NONE;
  }

  /** Ends a lane: no new orders, but what was accepted is still paid. */
  public void close(int lane) {
    settlement.close(sender, dispatcher.address(), lane);
  }

  /**
   * Takes back what is left in a lane; at once if the dispatcher was frozen.
   *
   * @throws TeexException {@code WITHDRAWAL_PENDING} before the lane's expiry and the delay after
   *     it are over
   */
  public void release(int lane) {
    Settlement.Allowance allowance = allowance(lane);
    Instant releasable = Instant.ofEpochSecond(allowance.expiry()).plus(settlement.withdrawDelay());
    Instant now = Instant.ofEpochSecond(market.chain().head().time());
    boolean frozen = settlement.batchChain(dispatcher.address()).frozen();
    if (now.isBefore(releasable) && !frozen) {
      throw new TeexException(
          ErrorCode.WITHDRAWAL_PENDING,
          "lane %d can be released from %s on, work accepted before may still be charged; it is %s"
              .formatted(lane, releasable, now));
    }
    settlement.release(sender, dispatcher.address(), lane);
  }

  /**
   * Pays out of her free balance.
   *
   * @throws TeexException {@code CHAIN_REJECTED} if that holds less
   */
  public void withdraw(Amount amount) {
    Amount free = balance();
    if (free.compareTo(amount) < 0) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s are to be withdrawn, %s are free: close a lane and release it to free what it holds"
              .formatted(amount, free));
    }
    settlement.withdraw(sender, amount);
  }

  /** What she holds freely in the market. */
  public Amount balance() {
    return settlement.balance(address());
  }

  /** Tokens of hers outside of the market. */
  public Amount tokens() {
    return token.balanceOf(address());
  }

  /** A lane as the chain has it. */
  public Settlement.Allowance allowance(int lane) {
    return settlement.allowance(address(), dispatcher.address(), lane);
  }

  /** Runs a task in lane 0. */
  public TaskResult run(OrderTerms terms) {
    return run(terms, 0);
  }

  /**
   * Runs a task and waits for its verified result.
   *
   * @throws TeexException with the refusal of dispatcher, manager or worker, {@code
   *     CERTIFICATE_INVALID}, {@code ATTESTATION_REFUSED}, {@code SIMULATED_REFUSED}, {@code
   *     ORDER_MISMATCH} or {@code BLOB_TAMPERED} if somebody cheats, {@code UNAVAILABLE}, {@code
   *     NO_WORKER}. What the service itself does wrong is an outcome of the result
   */
  public TaskResult run(OrderTerms terms, int lane) {
    return tasks.run(
        new TaskRunner.Customer(signer, outputKeys, address(), Optional.empty()),
        terms,
        lane(lane),
        dispatcher);
  }

  /**
   * Lets a fresh key order in her name, in a lane of its own that gets {@code cap} of her free
   * balance and no more: so the chain itself keeps the cap, whatever the dispatcher counts. What is
   * left comes back with {@link #close} and {@link #release} of {@link UserSession#lane()}.
   *
   * @param cap the most that all its orders may cost together
   * @param maxPerTask the most that one order's {@code feeMax} may be
   * @param services the only ones that it may order; empty for any
   * @param expiry by which its orders' deadlines lie; no new order is taken from then on
   * @throws TeexException {@code CHAIN_REJECTED} if her free balance is less than the cap
   */
  public UserSession session(
      Amount cap, Amount maxPerTask, List<ServiceId> services, Instant expiry) {
    int number =
        new SessionLanes(settlement, market.random())
            .open(sender, dispatcher.address(), cap, expiry.getEpochSecond());
    TransactionSigner sessionKey = TransactionSigner.of(SigningKey.generate(market.random()));
    Session session =
        new Session(
            address(),
            sessionKey.address(),
            dispatcher.address(),
            number,
            cap,
            maxPerTask,
            services,
            expiry.getEpochSecond(),
            Bytes32.random(market.random()));
    return new UserSession(
        sessionKey,
        OutputKeys.of(sessionKey, market.random()),
        signer.sign(market.domain(), session),
        lane(number),
        dispatcher,
        tasks);
  }

  private Lane lane(int number) {
    return lanes.computeIfAbsent(
        number, missing -> new Lane(address(), missing, dispatcher, market.clock()));
  }

  /** A task that was ordered on chain. */
  public record Requested(TaskId task, Bytes32 transaction, Amount escrow) {}

  /** Runs a task that is ordered on chain, with its fee in escrow there, and waits for it. */
  public TaskResult runOnChain(OrderTerms terms) {
    return runOnChain(terms, _ -> {});
  }

  /**
   * The same.
   *
   * @param placed is told once the order is on chain
   */
  public TaskResult runOnChain(OrderTerms terms, Consumer<Requested> placed) {
    Instant begun = market.clock().instant();
    OrderBook.Draft draft = orders.draft(address(), outputKeys, terms);
    Signed<Order> order = signer.sign(market.domain(), draft.template());
    placed.accept(request(draft, order, terms));
    return tasks.await(draft, order, dispatcher, begun, market.clock().instant());
  }

  /** Orders a task on chain without waiting for it. */
  public Requested request(OrderTerms terms) {
    OrderBook.Draft draft = orders.draft(address(), outputKeys, terms);
    return request(draft, signer.sign(market.domain(), draft.template()), terms);
  }

  private Requested request(OrderBook.Draft draft, Signed<Order> order, OrderTerms terms) {
    Bytes32 serviceKey =
        market.managerClient().serviceKey(draft.template().service().imageDigest());
    if (!serviceKey.equals(draft.service().publicKey())) {
      throw new TeexException(
          ErrorCode.UNKNOWN_SERVICE,
          "the listing of service %s has another public key than the manager holds: do not trust it"
              .formatted(draft.template().service().id()));
    }
    SealedInput sealed =
        SealedInput.seal(
            serviceKey,
            InputBinding.of(market.domain(), draft.template()),
            new SaltedContent(draft.inputSalt(), terms.input()),
            market.random());
    String cid = market.blobs().put(sealed.encode().copy()).toString();
    Amount escrow = terms.feeMax();
    Bytes32 transaction =
        (balance().compareTo(escrow) >= 0
                ? settlement.request(sender, order, cid)
                : settlement.request(sender, order, cid, permit(escrow)))
            .transaction();
    return new Requested(order.value().id(market.domain()), transaction, escrow);
  }

  /**
   * Takes the escrow of a request back that nobody served, after its deadline and the delay.
   *
   * @return how much it was
   * @throws TeexException as {@link Requests#reclaim}
   */
  public Amount reclaim(TaskId task) {
    return new Requests(market.chain(), market.addresses()).reclaim(sender, task);
  }

  /**
   * Has a task of hers executed again by another worker than the one whose receipt it is, bit for
   * bit, and compares. Costs nothing; a task can be replayed three times, until a week after its
   * deadline.
   *
   * @param input of the task
   * @param leaves of the owners of the data that it used, if it did
   * @throws TeexException {@code NO_WORKER} if there is no other, {@code REPLAY_REFUSED}, {@code
   *     INPUT_MISMATCH}, or as {@link #run}
   */
  public ReplayResult replay(
      TaskPapers papers, SecretBytes input, List<Signed<ReplayLeave>> leaves) {
    return new Replays(market.domain(), signer, market.random(), market.clock())
        .replay(papers, input, leaves, market.candidates(dispatcher.address()), market.working());
  }

  /** Has the dispatcher settle now what it has acknowledged; the transactions' hashes. */
  public List<Bytes32> settle() {
    return dispatcher.settle();
  }
}
