package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Takes users' orders: judges them, locks their money, and leases them to workers. */
final class OrderDesk {
  /**
   * @param queueMax how many tasks may wait for a worker
   * @param patience how long a caller waits for a worker, and for an attempt to be surely lost
   */
  record Limits(int queueMax, Duration patience) {}

  /** What of a lane is spoken for. */
  record LaneStatus(long nextSequence, Amount locked, Amount free) {}

  /** Answers that a newer view of the chain may change. */
  private static final Set<ErrorCode> DEPEND_ON_VIEW =
      EnumSet.of(
          ErrorCode.UNAVAILABLE,
          // The block that the order knows may stand where a reorganisation undid ours.
          ErrorCode.ORDER_MISMATCH,
          ErrorCode.UNKNOWN_SERVICE,
          ErrorCode.SERVICE_INACTIVE,
          ErrorCode.UNKNOWN_DATASET,
          ErrorCode.ALLOWANCE_TOO_SMALL,
          ErrorCode.ALLOWANCE_CLOSED,
          ErrorCode.DEADLINE_TOO_FAR);

  private final OrderRules rules;
  private final Chain chain;
  private final Ledger ledger;
  private final Leases leases;
  private final Limits limits;
  private final InstantSource clock;

  OrderDesk(
      OrderRules rules,
      Chain chain,
      Ledger ledger,
      Leases leases,
      Limits limits,
      InstantSource clock) {
    this.rules = rules;
    this.chain = chain;
    this.ledger = ledger;
    this.leases = leases;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Takes an order and leases it. The same order again gets the same answer.
   *
   * @param session encoded {@code Signed<Session>}, or empty
   * @return the task, leased or further
   * @throws TeexException the order's fault by its code; {@code NO_WORKER} if the order was taken
   *     but no worker was free in time: send it again
   */
  Task submit(Signed<Order> order, Bytes session) throws InterruptedException {
    TaskId id = order.value().id(rules.domain());
    requireNotOnChain(order.value());
    Optional<Task> known = known(id, order);
    return serve(known.isPresent() ? known.get() : take(id, order, session));
  }

  /**
   * Leases a task again whose attempt failed.
   *
   * @return the task, leased or further, also if it is settled by now
   * @throws TeexException {@code NOT_FOUND}; {@code ORDER_MISMATCH} for orders on chain, which are
   *     given away again without a call; {@code LEASE_INVALID} while the worker may still work on
   *     it; {@code NO_WORKER}; or what the task was refused for
   */
  Task retry(TaskId id, int failedAttempt) throws InterruptedException {
    Optional<Task> open = ledger.find(id);
    if (open.isEmpty()) {
      // Its user did not hear of its receipt, which was settled since.
      SettledTask settled = ledger.findSettled(id).orElseThrow(() -> notFound(id));
      requireNotOnChain(settled.task().order().value());
      return serve(settled.task());
    }
    Task task = open.get();
    Book book = ledger.bookOf(id).orElseThrow(() -> notFound(id));
    requireNotOnChain(task.order().value());
    if (task.state() instanceof TaskState.Leased(Attempt attempt)
        && attempt.number() == failedAttempt) {
      if (!leases.workers().awaitIdle(id, attempt, limits.patience())) {
        throw new TeexException(
            ErrorCode.LEASE_INVALID,
            "worker %s is alive and may work on attempt %d of task %s"
                .formatted(attempt.worker(), failedAttempt, id));
      }
      task =
          leases
              .lose(book, id, failedAttempt, ErrorCode.WORKER_LOST, "its user met no worker")
              .or(() -> book.find(id))
              .orElseThrow(() -> notFound(id));
    }
    return serve(task);
  }

  /** What is taken and free of a user's lane. */
  LaneStatus lane(Address user, int number) {
    Allowance allowance = chain.view().allowance(user, number);
    // Nobody has to prove anything to ask, so asking must not leave anything behind.
    Lane lane =
        ledger
            .openLane(user, number)
            .orElseGet(() -> Lane.idle(user, number, allowance.settledSequence()));
    try {
      return status(lane, allowance);
    } catch (TeexException e) {
      return status(lane, chain.refresh().allowance(user, number));
    }
  }

  private static LaneStatus status(Lane lane, Allowance allowance) {
    return new LaneStatus(lane.next(), lane.locked(allowance), lane.free(allowance));
  }

  /** A task that was taken before, also if it is settled by now. */
  private Optional<Task> known(TaskId id, Signed<Order> order) {
    Optional<Task> open = ledger.find(id);
    if (open.isPresent()) {
      return open;
    }
    boolean used =
        ledger
            .openLane(order.value().user(), order.value().lane())
            .filter(lane -> order.value().sequence() < lane.next())
            .isPresent();
    return used ? ledger.findSettled(id).map(SettledTask::task) : Optional.empty();
  }

  private Task take(TaskId id, Signed<Order> order, Bytes session) {
    if (leases.workers().waiting() >= limits.queueMax()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "%d tasks wait for a worker: try again later".formatted(limits.queueMax()));
    }
    Function<MarketView, Task> attempt = view -> take(id, order, session, view);
    MarketView view = chain.view();
    try {
      return attempt.apply(view);
    } catch (TeexException e) {
      if (!DEPEND_ON_VIEW.contains(e.code())) {
        throw e;
      }
      MarketView newer = chain.refresh();
      if (newer.block().equals(view.block())) {
        throw e;
      }
      return attempt.apply(newer);
    }
  }

  private Task take(TaskId id, Signed<Order> signed, Bytes session, MarketView view) {
    Order order = signed.value();
    long now = Time.now(clock, view);
    requireActive(view);
    Terms terms = rules.judge(signed, session, new Origin.Submitted(), view, now);
    Allowance allowance = view.allowance(order.user(), order.lane());
    rules.requireOpen(order, allowance, now);
    LaneBook book = ledger.lane(order.user(), order.lane());
    Optional<WorkerNode> worker = leases.workers().poll(id, order);
    TaskState state =
        worker.isPresent() ? leases.attempt(order, 0, worker.get()) : new TaskState.Queued(0);
    Task task = new Task(id, signed, session, new Origin.Submitted(), terms, now, state);
    boolean taken = false;
    try {
      Task kept =
          book.with(() -> {
            Optional<Task> same = book.find(id);
            if (same.isEmpty()) {
              book.accept(task, allowance);
            }
            return same.orElse(task);
          });
      taken = kept.equals(task);
      return kept;
    } finally {
      if (!taken) {
        worker.ifPresent(node -> leases.workers().release(node.address(), id));
      }
    }
  }

  private Task serve(Task task) throws InterruptedException {
    return switch (task.state()) {
      case TaskState.Leased _, TaskState.Acknowledged _ -> task;
      case TaskState.Refused refused -> throw new TeexException(refused.code(), refused.message());
      case TaskState.Queued _ -> {
        Book book = ledger.bookOf(task.id()).orElseThrow(() -> notFound(task.id()));
        yield serve(leases.lease(book, task, limits.patience()));
      }
    };
  }

  /**
   * Orders on chain are public, so whoever has read one could spend its attempts here. They come by
   * the chain, and the dispatcher itself hands them to workers.
   */
  private static void requireNotOnChain(Order order) {
    if (order.isOnChain()) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the order names no dispatcher: it is taken from the chain, not by a call");
    }
  }

  private static void requireActive(MarketView view) {
    if (!view.isDispatcherActive()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "this dispatcher is not admitted on chain at present");
    }
  }

  private static TeexException notFound(TaskId id) {
    return new TeexException(ErrorCode.NOT_FOUND, "no task " + id);
  }
}
