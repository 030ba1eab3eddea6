package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.InstantSource;
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
  /**
   * @param blocksMax per read
   * @param overlap how many blocks are read again
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

  /** Takes what was requested since the last poll, and sees to requests that no worker has. */
  void poll() {
    MarketView view = chain.refresh();
    if (!view.isDispatcherActive()) {
      return;
    }
    long head = view.block().number();
    long from = Math.max(0, cursor.block() + 1 - limits.overlap());
    while (from <= head) {
      long to = Math.min(head, from + limits.blocksMax() - 1);
      chain.requests(from, to).forEach(request -> take(request, view));
      if (to > cursor.block()) {
        cursor.advance(to);
      }
      from = to + 1;
    }
    ledger.requests().tasks().stream()
        .filter(task -> task.state() instanceof TaskState.Queued)
        .forEach(this::drive);
  }

  private void take(Chain.Request request, MarketView view) {
    TaskId id = request.task();
    if (ledger.find(id).isPresent()) {
      return;
    }
    Optional<MarketView.Escrow> escrow = view.escrow(id);
    if (escrow.isEmpty() || !escrow.get().open()) {
      return;
    }
    Origin.Requested origin = new Origin.Requested(request.sealedInputCid(), request.block());
    long now = Time.now(clock, view);
    Task task =
        new Task(
            id, request.order(), Bytes.EMPTY, origin, Terms.NONE, now, new TaskState.Queued(0));
    try {
      rules.requireEscrow(request.order().value(), escrow.get());
      Terms terms = rules.judge(request.order(), Bytes.EMPTY, origin, view, now);
      task = new Task(id, request.order(), Bytes.EMPTY, origin, terms, now, task.state());
    } catch (TeexException e) {
      if (e.code() == ErrorCode.CHAIN_UNAVAILABLE || e.code() == ErrorCode.UNAVAILABLE) {
        throw e;
      }
      // Taken all the same: a batch pays nothing for it, which gives the user her escrow back.
      task = task.with(new TaskState.Refused(e.code(), String.valueOf(e.getMessage()), 0));
      log.taskRefused(id, e.code(), String.valueOf(e.getMessage()));
    }
    if (ledger.requests().accept(task)) {
      log.requestTaken(id, request.block());
    }
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
