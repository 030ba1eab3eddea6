package io.teex.dispatcher;

import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Settles what is done, one batch after the other, each exactly once.
 *
 * <p>A batch is written to the journal, then sent, then its tasks are filed, then it is noted as
 * landed. Wherever that is cut off, {@link #settle} goes on: the chain knows whether the batch of a
 * number was settled, and a batch that was not is sent again byte for byte.
 */
final class Settler {
  /**
   * When a batch is made.
   *
   * @param plan what goes into one
   * @param patience how long the first task waits for others at most
   * @param payersMin how many payers a batch waits for, so that it does not tell who used what
   * @param posting what it shows of its receipts
   * @param postingPatience how long a batch that cannot be sent with its receipts is kept back:
   *     those whom it pays have waited long enough then
   */
  record Limits(
      BatchPlan.Limits plan,
      Duration patience,
      int payersMin,
      Posting posting,
      Duration postingPatience) {}

  /** Keeps a write well below what a message to TEE-DS may hold. */
  static final int TASKS_PER_WRITE = 64;

  private final Domain domain;
  private final SigningKey signer;
  private final Chain chain;
  private final Ledger ledger;
  private final Batches batches;
  private final BatchReceipts receipts;
  private final Limits limits;
  private final DispatcherLog log;
  private final InstantSource clock;
  private @Nullable Instant dueSince;
  private Instant notBefore = Instant.MIN;

  /** Since when the batch under way cannot be sent with its receipts. */
  private @Nullable Instant unpostedSince;

  Settler(
      Wallet wallet,
      Chain chain,
      Ledger ledger,
      Batches batches,
      BatchReceipts receipts,
      Limits limits,
      DispatcherLog log,
      InstantSource clock) {
    this.domain = wallet.domain();
    this.signer = wallet.signer();
    this.chain = chain;
    this.ledger = ledger;
    this.batches = batches;
    this.receipts = receipts;
    this.limits = limits;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Compares journal and chain before anything is served.
   *
   * @throws TeexException {@code STORE_CORRUPT} if the chain has settled batches that the journal
   *     does not know: it is an old one
   */
  synchronized void requireFreshJournal() {
    Chain.BatchHead head = chain.batchHead();
    long newest = batches.landed().number() + (batches.underWay().isPresent() ? 1 : 0);
    boolean known =
        head.number() <= newest
            && (head.number() == 0 || batches.find(head.number(), head.head()).isPresent());
    if (!known) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          "the chain has settled batch %d (%s), TEE-DS knows %d batches and not that one: it was rolled back"
              .formatted(head.number(), head.head(), newest));
    }
  }

  /** Makes a batch if it is time for one, and goes on with one that is under way. */
  synchronized void poll() {
    recoverLost();
    if (batches.underWay().isPresent()) {
      finish();
    }
    Due due = dueNow();
    if (due.isEmpty()) {
      dueSince = null;
      return;
    }
    Instant now = clock.instant();
    if (dueSince == null) {
      dueSince = now;
    }
    boolean full = due.tasks() >= limits.plan().tasksMax() && due.payers() >= limits.payersMin();
    boolean late = !now.isBefore(dueSince.plus(limits.patience()));
    if ((full || late) && !now.isBefore(notBefore)) {
      settleOnce(due);
    }
  }

  /**
   * Settles now what would be settled once a batch is full or old enough, but for batches of fewer
   * payers than there must be.
   *
   * @return the batches
   * @throws TeexException {@code CHAIN_UNAVAILABLE} or {@code CHAIN_REJECTED}; what is done stays
   *     done and will be tried again
   */
  synchronized List<SettledBatch> settle() {
    recoverLost();
    List<SettledBatch> settled = new ArrayList<>();
    batches.underWay().ifPresent(_ -> settled.add(finish()));
    for (Due due = dueNow(); due.payers() >= limits.payersMin(); due = dueNow()) {
      Optional<SettledBatch> batch = settleOnce(due);
      if (batch.isEmpty()) {
        break;
      }
      settled.add(batch.get());
    }
    return settled;
  }

  /** What is done and can be settled. */
  private record Due(List<BatchPlan.DueLane> lanes, List<Task> requests) {
    boolean isEmpty() {
      return lanes.isEmpty() && requests.isEmpty();
    }

    int tasks() {
      return requests.size() + lanes.stream().mapToInt(lane -> lane.tasks().size()).sum();
    }

    int payers() {
      Set<Object> payers = new HashSet<>();
      lanes.forEach(lane -> payers.add(lane.lane().payer()));
      requests.forEach(task -> payers.add(task.payer()));
      return payers.size();
    }
  }

  private Due dueNow() {
    return due(BatchPlan.DueLane::isWorthABatch);
  }

  private Due due(Predicate<BatchPlan.DueLane> condition) {
    List<BatchPlan.DueLane> lanes = new ArrayList<>();
    for (LaneBook book : ledger.lanes()) {
      BatchPlan.DueLane due = book.due(limits.plan().tasksMax());
      if (!due.tasks().isEmpty() && condition.test(due)) {
        lanes.add(due);
      }
    }
    // The longest waiting lane first, so that none is left out for ever when batches are full.
    lanes.sort(Comparator.comparingLong(lane -> lane.tasks().getFirst().acceptedAt()));
    return new Due(lanes, ledger.requests().due());
  }

  private Optional<SettledBatch> settleOnce(Due due) {
    MarketView view = chain.refresh();
    Settleable settleable = new Settleable(view, Time.now(clock, view), chain.withdrawDelay(), log);
    List<Task> requests = openRequests(due.requests(), settleable);
    BatchPlan plan = plan(view, due.lanes(), requests, settleable);
    if (plan.isCutByStake()) {
      log.stakeShort(signer.address(), view.freeStake());
    }
    if (plan.isEmpty()) {
      notBefore = clock.instant().plus(limits.patience());
      return Optional.empty();
    }
    introduce(plan);
    Batches.Landed landed = batches.landed();
    BatchHeader header = plan.header(signer.address(), landed.number() + 1, landed.head());
    Batch batch =
        new Batch(signer.sign(domain, header), plan.debits(), plan.requests(), plan.credits());
    batches.begin(batch);
    dueSince = null;
    return Optional.of(finish());
  }

  /** As much as fits one transaction with what is posted of it. */
  private BatchPlan plan(
      MarketView view, List<BatchPlan.DueLane> due, List<Task> requests, Settleable settleable) {
    List<BatchPlan.DueLane> lanes = due.stream().filter(settleable::isPayable).toList();
    BatchPlan.Limits size = limits.plan();
    while (true) {
      BatchPlan plan = BatchPlan.of(domain, size, view.freeStake(), lanes, requests);
      int tasks = plan.tasks().size();
      if (tasks <= 1
          || limits
              .posting()
              .fits(plan, () -> BatchReceipts.of(domain, plan.tasks()), limits.plan().gasMax())) {
        return plan;
      }
      size = size.atMost(tasks / 2);
    }
  }

  /**
   * Workers that the registry refuses are paid all the same: they were leased tasks while they were
   * good. But should the batch be challenged, their receipts do not count.
   */
  private void introduce(BatchPlan plan) {
    for (Signed<NodeCertificate> worker : plan.workers()) {
      try {
        chain.introduce(worker);
      } catch (TeexException e) {
        if (e.code() != ErrorCode.CHAIN_REJECTED) {
          throw e;
        }
        log.workerUnknownToRegistry(worker.value().signer(), String.valueOf(e.getMessage()));
      }
    }
  }

  /** Requests that were paid or reclaimed otherwise are filed away: nobody can pay them again. */
  private List<Task> openRequests(List<Task> due, Settleable settleable) {
    List<Task> open = due.stream().filter(settleable::isPayable).toList();
    List<TaskId> closed = due.stream().filter(settleable::isOver).map(Task::id).toList();
    if (!closed.isEmpty()) {
      ledger.requests().land(closed, SettledIn.ELSEWHERE, TASKS_PER_WRITE);
    }
    return open;
  }

  /** Gets the batch under way settled, or one that stands in for it. */
  private SettledBatch finish() {
    Batch batch = batches.underWay().orElseThrow();
    launch(batch);
    Chain.BatchHead head = chain.batchHead();
    if (head.number() >= batch.number()) {
      return land(settledInstead(batch, head));
    }
    try {
      return land(batch, send(batch));
    } catch (TeexException e) {
      log.settlementFailed(batch.number(), e.code(), String.valueOf(e.getMessage()));
      if (e.code() == ErrorCode.CHAIN_REJECTED && chain.batchHead().number() >= batch.number()) {
        return finish();
      }
      if (e.code() == ErrorCode.CHAIN_REJECTED && nextOnChain() < batch.number()) {
        recoverLost();
        return finish();
      }
      if (e.code() == ErrorCode.CHAIN_REJECTED && revise(batch, String.valueOf(e.getMessage()))) {
        return finish();
      }
      throw e;
    }
  }

  /** Sends a batch, with its receipts if they are posted and can be. */
  private Bytes32 send(Batch batch) {
    if (limits.posting() == Posting.ROOT) {
      return chain.settle(batch);
    }
    Optional<ReceiptData> posted = receipts.of(batch);
    if (posted.isEmpty()) {
      log.receiptsNotPosted(batch.number(), "some are not kept any more");
      return chain.settle(batch);
    }
    try {
      Bytes32 transaction = chain.settle(batch, posted.get());
      unpostedSince = null;
      return transaction;
    } catch (TeexException e) {
      Instant now = clock.instant();
      if (unpostedSince == null) {
        unpostedSince = now;
      }
      if (now.isBefore(unpostedSince.plus(limits.postingPatience()))) {
        throw e;
      }
      log.receiptsNotPosted(batch.number(), String.valueOf(e.getMessage()));
      Bytes32 transaction = chain.settle(batch);
      unpostedSince = null;
      return transaction;
    }
  }

  private SettledBatch land(Batch batch) {
    return land(
        batch,
        chain
            .settlingTransaction(batch.number(), batch.hash(domain))
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "batch %d is settled, its transaction is not found yet"
                        .formatted(batch.number()))));
  }

  private SettledBatch land(Batch batch, Bytes32 transaction) {
    SettledIn in = new SettledIn(batch.number(), transaction);
    batch.debits().forEach(debit -> lane(debit).land(in, TASKS_PER_WRITE));
    ledger
        .requests()
        .land(batch.requests().stream().map(RequestPayment::taskId).toList(), in, TASKS_PER_WRITE);
    batches.end(batch, transaction);
    log.settled(batch.number(), batch.count(), batch.total(), transaction);
    return new SettledBatch(batch, transaction);
  }

  /** Whichever of the batches with this number the chain took. */
  private Batch settledInstead(Batch batch, Chain.BatchHead head) {
    if (head.number() > batch.number() || head.head().equals(batch.hash(domain))) {
      return batch;
    }
    Batch rival =
        batches
            .find(head.number(), head.head())
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.STORE_CORRUPT,
                    "batch %d was settled with header %s, which was not signed here"
                        .formatted(head.number(), head.head())));
    batch.debits().forEach(debit -> lane(debit).ground());
    batches.begin(rival);
    launch(rival);
    return rival;
  }

  /**
   * The contract refuses the batch. If that is because a lane or a request in it can be charged no
   * more, the batch is made anew without it.
   *
   * @return whether there is another batch under way now
   */
  private boolean revise(Batch batch, String reason) {
    MarketView view = chain.refresh();
    Settleable settleable = new Settleable(view, Time.now(clock, view), chain.withdrawDelay(), log);
    boolean blocked =
        batch.debits().stream().anyMatch(debit -> !settleable.isPayable(debit))
            || batch.requests().stream().anyMatch(payment -> !settleable.isPayable(payment));
    if (!blocked) {
      return false;
    }
    batch.debits().forEach(debit -> lane(debit).ground());
    Due due = due(_ -> true);
    List<Task> requests = due.requests().stream().filter(settleable::isPayable).toList();
    BatchPlan plan = plan(view, due.lanes(), requests, settleable);
    if (plan.isEmpty()) {
      return false;
    }
    BatchHeader header =
        plan.header(signer.address(), batch.number(), batch.header().value().previous());
    Batch revised =
        new Batch(signer.sign(domain, header), plan.debits(), plan.requests(), plan.credits());
    batches.begin(revised);
    log.batchRevised(batch.number(), reason);
    return true;
  }

  /**
   * A reorganisation may have undone batches that had landed: they are sent again, in order, also
   * if nothing else is due, since their lanes take no orders until then.
   */
  private void recoverLost() {
    long landed = batches.landed().number();
    if (landed == 0) {
      return;
    }
    for (long next = nextOnChain(); next <= landed; next = nextOnChain()) {
      try {
        send(batches.landed(next));
      } catch (TeexException e) {
        // More may have been undone meanwhile: then it was not its turn.
        if (e.code() != ErrorCode.CHAIN_REJECTED || nextOnChain() == next) {
          throw e;
        }
      }
    }
  }

  private long nextOnChain() {
    return chain.batchHead().number() + 1;
  }

  private void launch(Batch batch) {
    batch.debits().forEach(debit -> lane(debit).launch(debit));
  }

  private LaneBook lane(Debit debit) {
    return ledger.lane(debit.payer(), debit.lane());
  }
}
