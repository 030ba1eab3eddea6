package io.teex.dispatcher;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives tasks to workers and takes them back. A task is leased to one worker at a time, at most
 * {@code attemptsMax} times; after that it is refused, and its user pays nothing.
 */
final class Leases {
  /**
   * @param duration in which a worker must begin
   * @param attemptsMax per task
   */
  record Limits(Duration duration, int attemptsMax) {}

  private final WorkerPool workers;
  private final Ledger ledger;
  private final Limits limits;
  private final InstantSource clock;
  private final long epoch;
  private final AtomicInteger given = new AtomicInteger();

  /**
   * @param epoch of the journal: it makes fencing tokens grow over restarts
   */
  Leases(WorkerPool workers, Ledger ledger, Limits limits, InstantSource clock, long epoch) {
    this.workers = workers;
    this.ledger = ledger;
    this.limits = limits;
    this.clock = clock;
    this.epoch = epoch;
  }

  WorkerPool workers() {
    return workers;
  }

  /** The next attempt of a task at {@code worker}; it counts once it is stored as the state. */
  TaskState.Leased attempt(Order order, int attemptsBefore, WorkerNode worker) {
    long now = clock.instant().getEpochSecond();
    return new TaskState.Leased(
        new Attempt(
            attemptsBefore + 1,
            worker.endpoint(),
            worker.certificate(),
            worker.costTable(),
            worker.flags(),
            now,
            Math.min(now + limits.duration().toSeconds(), order.deadline()),
            epoch << Integer.SIZE | Integer.toUnsignedLong(given.incrementAndGet())));
  }

  /**
   * Waits for a worker and leases a queued task to it.
   *
   * @return the task as it is now: leased, or what somebody else made of it meanwhile
   * @throws TeexException {@code NO_WORKER} if none is free in time; the task stays queued
   */
  Task lease(Book book, Task queued, Duration wait) throws InterruptedException {
    TaskId id = queued.id();
    Order order = queued.order().value();
    WorkerNode worker =
        workers
            .take(id, order, wait)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.NO_WORKER,
                    "no worker is free for task %s, or too many wait for its user already; it stays queued until its deadline"
                        .formatted(id)));
    boolean leased = false;
    try {
      Optional<Task> result =
          book.with(() ->
              book.find(id)
                  .map(task ->
                      task.state() instanceof TaskState.Queued(int attempts)
                          ? book.move(task, attempt(order, attempts, worker))
                          : task));
      leased =
          result.isPresent()
              && result.get().state() instanceof TaskState.Leased(Attempt attempt)
              && attempt.worker().equals(worker.address());
      return result.orElseThrow(() -> settledMeanwhile(id));
    } finally {
      if (!leased) {
        workers.release(worker.address(), id);
      }
    }
  }

  /**
   * The attempt came to nothing by the platform's fault: the task waits for another one, or is
   * refused after the last. Does nothing if the attempt is not the present one.
   */
  Optional<Task> lose(Book book, TaskId id, int attempt, ErrorCode code, String reason) {
    return leave(
        book,
        id,
        attempt,
        attempt < limits.attemptsMax()
            ? new TaskState.Queued(attempt)
            : new TaskState.Refused(
                code, "%d attempts failed, the last one: %s".formatted(attempt, reason), attempt));
  }

  /** The attempt showed that no worker can execute the task, so it is refused. */
  Optional<Task> refuse(Book book, TaskId id, int attempt, ErrorCode code, String reason) {
    return leave(book, id, attempt, new TaskState.Refused(code, reason, attempt));
  }

  /** The deadline passed without a receipt. Does nothing if the task is done. */
  Optional<Task> expire(Book book, TaskId id) {
    return book.with(() ->
        book.find(id)
            .filter(task -> !task.state().isFinal())
            .map(task -> {
              Task refused =
                  book.move(
                      task,
                      new TaskState.Refused(
                          ErrorCode.ORDER_EXPIRED,
                          "no receipt by the deadline, after %d attempts"
                              .formatted(task.state().attempts()),
                          task.state().attempts()));
              releaseWorker(task);
              return refused;
            }));
  }

  /** The task that was {@code leased} has its receipt. */
  void honour(Task leased, Task done) {
    releaseWorker(leased);
    if (!done.held().isZero()) {
      workers.honoured(done.payer());
    }
  }

  /** Frees the worker that the task was leased to in this state. */
  void releaseWorker(Task task) {
    if (task.state() instanceof TaskState.Leased(Attempt attempt)) {
      workers.release(attempt.worker(), task.id());
    }
  }

  /** Says after a restart which workers are busy. */
  void resume() {
    for (Task task : ledger.tasks()) {
      if (task.state() instanceof TaskState.Leased(Attempt attempt)) {
        workers.occupy(attempt.worker(), task.id(), task.order().value());
      }
    }
  }

  private Optional<Task> leave(Book book, TaskId id, int attempt, TaskState next) {
    return book.with(() ->
        book.find(id)
            .filter(task ->
                task.state() instanceof TaskState.Leased(Attempt current)
                    && current.number() == attempt)
            .map(task -> {
              Task left = book.move(task, next);
              releaseWorker(task);
              return left;
            }));
  }

  private static TeexException settledMeanwhile(TaskId id) {
    return new TeexException(
        ErrorCode.ALREADY_EXISTS,
        "task %s was settled meanwhile: ask for its result".formatted(id));
  }
}
