package io.teex.dispatcher;

import io.teex.chain.BlockTrail;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Takes the orders that users place on chain and hands them to workers. Blocks are read by range
 * from where the last read ended, a few of them again, so nothing is missed and a reorganisation is
 * followed; a request is taken once however often it is read.
 */
final class RequestDesk {
  /** As deep as this the blocks are remembered whose requests were taken. */
  private static final int REMEMBERED = 64;

  /**
   * @param blocksMax per read
   * @param overlap how many blocks are read again; the first time {@value #REMEMBERED}, since a
   *     reorganisation may have happened while nobody looked
   * @param patience how long one search for a worker waits
   */
  record Limits(int blocksMax, int overlap, Duration patience) {}

  /** Hands a leased task to its worker, which answers when it has taken it. */
  interface Assignment {
    void assign(Task task, Attempt attempt, Origin.Requested origin);
  }

  private final OrderRules rules;
  private final Chain chain;
  private final Ledger ledger;
  private final Leases leases;
  private final Cursor cursor;
  private final Assignment assignment;
  private final Limits limits;
  private final DispatcherLog log;
  private final InstantSource clock;
  private final Executor threads;
  private final Set<TaskId> driven = ConcurrentHashMap.newKeySet();

  private final BlockTrail trail = new BlockTrail(REMEMBERED);

  /** Whether requests may have been undone that are still to be looked for. */
  private boolean unsure = true;

  private long rereadFrom = Long.MAX_VALUE;
  private int overlap = REMEMBERED;

  /** What could not be judged and was told to the operator; each is told once. */
  private final Set<TaskId> failing = new HashSet<>();

  RequestDesk(
      OrderRules rules,
      Chain chain,
      Ledger ledger,
      Leases leases,
      Cursor cursor,
      Assignment assignment,
      Limits limits,
      DispatcherLog log,
      InstantSource clock,
      Executor threads) {
    this.rules = rules;
    this.chain = chain;
    this.ledger = ledger;
    this.leases = leases;
    this.cursor = cursor;
    this.assignment = assignment;
    this.limits = limits;
    this.log = log;
    this.clock = clock;
    this.threads = threads;
  }

  /**
   * Sees to requests that no worker has, and takes what was requested since the last poll. A
   * request that cannot be judged now keeps nobody else waiting; it is read again at each poll,
   * also after a restart, until its deadline.
   */
  void poll() {
    MarketView view = chain.refresh();
    if (!view.isDispatcherActive()) {
      return;
    }
    follow(view);
    ledger.requests().tasks().stream()
        .filter(task -> task.state() instanceof TaskState.Queued)
        .forEach(this::drive);
    read(view);
  }

  /** Undoes what a reorganisation undid, and goes back to where the chain was left as it was. */
  private void follow(MarketView view) {
    MarketView.Block block = view.block();
    BlockTrail.Followed followed = trail.follow(block.number(), block.hash(), view::blockHash);
    if (followed.undone()) {
      log.reorganised(followed.kept(), block.number());
      unsure = true;
      rereadFrom = Math.min(rereadFrom, followed.kept() + 1);
    }
    if (!unsure) {
      return;
    }
    for (Task task : ledger.requests().tasks()) {
      if (view.escrow(task.id()).isEmpty()) {
        log.requestUndone(task.id(), ledger.requests().undo(task.id()));
      }
    }
    if (rereadFrom <= cursor.block()) {
      cursor.move(rereadFrom - 1);
    }
    rereadFrom = Long.MAX_VALUE;
    unsure = false;
  }

  private void read(MarketView view) {
    long head = view.block().number();
    long done = head;
    long from = Math.max(0, cursor.block() + 1 - overlap);
    overlap = limits.overlap();
    while (from <= head) {
      long to = Math.min(head, from + limits.blocksMax() - 1);
      for (Chain.Request request : chain.requests(from, to)) {
        if (!isTaken(request, view)) {
          done = Math.min(done, request.block() - 1);
        }
      }
      if (Math.min(to, done) > cursor.block()) {
        cursor.move(Math.min(to, done));
      }
      from = to + 1;
    }
  }

  /** Takes a request, or leaves it; false if it has to be read again. */
  private boolean isTaken(Chain.Request request, MarketView view) {
    try {
      take(request, view);
      failing.remove(request.task());
      return true;
    } catch (RuntimeException e) {
      // Whatever is wrong with one request, the others are none of its business.
      if (failing.add(request.task())) {
        log.failed("taking request " + request.task(), e);
      }
      return false;
    }
  }

  private void take(Chain.Request request, MarketView view) {
    TaskId id = request.task();
    long now = Time.now(clock, view);
    // Nothing of it may be executed after its deadline, so it is not even kept.
    boolean over = request.order().value().deadline() <= now;
    if (over || !OrderBounds.isKeepable(request) || ledger.find(id).isPresent()) {
      return;
    }
    Optional<MarketView.Escrow> escrow = view.escrow(id);
    if (escrow.isEmpty() || !escrow.get().open()) {
      return;
    }
    Task task = judged(request, escrow.get(), view, now);
    if (!ledger.requests().accept(task)) {
      return;
    }
    if (task.state() instanceof TaskState.Refused refused) {
      log.taskRefused(id, refused.code(), refused.message());
    } else {
      log.requestTaken(id, request.block());
      drive(task);
    }
  }

  /** The request as a task: queued, or refused, which leaves it to other dispatchers. */
  private Task judged(Chain.Request request, MarketView.Escrow escrow, MarketView view, long now) {
    Origin.Requested origin = new Origin.Requested(request.sealedInputCid(), request.block());
    Signed<Order> order = request.order();
    Terms terms = Terms.NONE;
    TaskState state = new TaskState.Queued(0);
    try {
      rules.requireEscrow(order.value(), escrow);
      terms = rules.judge(order, Bytes.EMPTY, origin, view, now);
    } catch (TeexException e) {
      if (e.code() == ErrorCode.CHAIN_UNAVAILABLE || e.code() == ErrorCode.UNAVAILABLE) {
        throw e;
      }
      state = new TaskState.Refused(e.code(), String.valueOf(e.getMessage()), 0);
    }
    return new Task(request.task(), order, Bytes.EMPTY, origin, terms, now, state);
  }

  /** Finds a worker for a queued request, on a thread of its own, one at a time. */
  private void drive(Task task) {
    if (driven.add(task.id())) {
      threads.execute(() -> {
        try {
          lease(task);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (TeexException e) {
          if (e.code() != ErrorCode.NO_WORKER) {
            log.failed("assigning request " + task.id(), e);
          }
        } finally {
          driven.remove(task.id());
        }
      });
    }
  }

  private void lease(Task queued) throws InterruptedException {
    Task task = leases.lease(ledger.requests(), queued, limits.patience());
    if (task.state() instanceof TaskState.Leased(Attempt attempt)
        && task.origin() instanceof Origin.Requested origin) {
      try {
        assignment.assign(task, attempt, origin);
      } catch (TeexException e) {
        log.attemptLost(
            task.id(), attempt.number(), attempt.worker(), String.valueOf(e.getMessage()));
        leases.lose(
            ledger.requests(),
            task.id(),
            attempt.number(),
            ErrorCode.WORKER_LOST,
            String.valueOf(e.getMessage()));
      }
    }
  }
}
