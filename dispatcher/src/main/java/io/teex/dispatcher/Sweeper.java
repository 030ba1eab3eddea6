package io.teex.dispatcher;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Takes tasks back from workers that fell silent or let their lease expire, gives tasks up whose
 * deadline passed, and leaves refused requests to other dispatchers.
 */
final class Sweeper {
  private final Chain chain;
  private final Ledger ledger;
  private final Leases leases;
  private final DispatcherLog log;
  private final InstantSource clock;
  private final Duration grace;
  private final Instant judgesWorkersFrom;

  /**
   * @param grace in which a worker has surely said what it works on, after the start or a lease
   */
  Sweeper(
      Chain chain,
      Ledger ledger,
      Leases leases,
      DispatcherLog log,
      InstantSource clock,
      Duration grace) {
    this.chain = chain;
    this.ledger = ledger;
    this.leases = leases;
    this.log = log;
    this.clock = clock;
    this.grace = grace;
    this.judgesWorkersFrom = clock.instant().plus(grace);
  }

  void sweep() {
    leases.workers().dropSilent().forEach(worker -> log.workerSilent(worker.address()));
    long now = Time.now(clock, chain.view());
    boolean judgesWorkers = !clock.instant().isBefore(judgesWorkersFrom);
    for (Task task : ledger.tasks()) {
      try {
        sweep(task, now, judgesWorkers);
      } catch (TeexException e) {
        log.failed("sweeping task " + task.id(), e);
      }
    }
    ledger.requests().leaveRefused(Settler.TASKS_PER_WRITE);
  }

  private void sweep(Task task, long now, boolean judgesWorkers) {
    Optional<Book> book = ledger.bookOf(task.id());
    if (task.state().isFinal() || book.isEmpty()) {
      return;
    }
    if (now > task.order().value().deadline()) {
      noteLapse(task, now);
      leases.expire(book.get(), task.id());
      log.taskRefused(task.id(), ErrorCode.ORDER_EXPIRED, "its deadline passed");
    } else if (judgesWorkers && task.state() instanceof TaskState.Leased(Attempt attempt)) {
      String fault = fault(task, attempt, now);
      if (!fault.isEmpty()) {
        log.attemptLost(task.id(), attempt.number(), attempt.worker(), fault);
        noteLapse(task, now);
        leases.lose(book.get(), task.id(), attempt.number(), ErrorCode.WORKER_LOST, fault);
      }
    }
  }

  /** A user who lets workers wait for her until the lease is over gets fewer of them. */
  private void noteLapse(Task task, long now) {
    if (!task.isRequested()
        && task.state() instanceof TaskState.Leased(Attempt attempt)
        && now > attempt.expiry()
        && leases.workers().isAlive(attempt)
        && !leases.workers().isRunning(task.id(), attempt)) {
      leases.workers().lapsed(task.payer());
    }
  }

  private String fault(Task task, Attempt attempt, long now) {
    if (!leases.workers().isAlive(attempt)) {
      return "its worker is silent or was started anew";
    }
    boolean settledIn = now > attempt.leasedAt() + grace.toSeconds();
    if (task.isRequested() && settledIn && leases.workers().isIdle(task.id(), attempt)) {
      return "its worker does not know of it";
    }
    if (now > attempt.expiry() && !leases.workers().isRunning(task.id(), attempt)) {
      return "its lease expired at %d unused".formatted(attempt.expiry());
    }
    return "";
  }
}
