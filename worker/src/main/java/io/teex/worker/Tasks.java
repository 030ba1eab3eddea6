package io.teex.worker;

import io.teex.executor.Executor;
import io.teex.executor.Result;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Executes attempts, each once and only so many at a time. What goes wrong with an attempt that
 * this worker had accepted is told to its dispatcher, so that the task is not stuck here.
 */
final class Tasks {
  private final TicketCheck tickets;
  private final OnceOnly<Attempt.Id, Answer> once;
  private final Preparation preparation;
  private final Executor executor;
  private final Delivery delivery;
  private final Dispatch dispatch;
  private final WorkerLog log;
  private final Slots slots;
  private final Pace pace;
  private final Set<Attempt.Id> running = ConcurrentHashMap.newKeySet();

  Tasks(
      TicketCheck tickets,
      OnceOnly<Attempt.Id, Answer> once,
      Preparation preparation,
      Executor executor,
      Delivery delivery,
      Dispatch dispatch,
      WorkerLog log,
      Slots slots,
      Pace pace) {
    this.tickets = tickets;
    this.once = once;
    this.preparation = preparation;
    this.executor = executor;
    this.delivery = delivery;
    this.dispatch = dispatch;
    this.log = log;
    this.slots = slots;
    this.pace = pace;
  }

  /**
   * Checks what can be checked without executing; a ticket that fails costs its attempt nothing.
   *
   * @param basisPoints that the caller says the dispatcher takes
   * @throws TeexException as {@link TicketCheck}, {@code INPUT_MISMATCH}, or {@code ORDER_MISMATCH}
   */
  Attempt accept(Ticket ticket, TaskInput input, int basisPoints) {
    Attempt attempt = tickets.check(ticket);
    if (input instanceof TaskInput.Given given) {
      Preparation.requireCommitted(attempt.order(), given.salt(), given.content());
    }
    int known = dispatch.basisPoints(attempt.lease().dispatcher());
    if (basisPoints != known) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the request says that the dispatcher takes %d basis points, it told this worker %d"
              .formatted(basisPoints, known));
    }
    return attempt;
  }

  /**
   * Executes an accepted attempt, or returns what its execution came to if it was asked for before.
   *
   * @throws TeexException why it could not be executed; it was given back to its dispatcher. {@code
   *     LEASE_INVALID} if it was begun under another lease
   */
  Answer execute(Attempt attempt, TaskInput input) throws InterruptedException {
    return once.run(
        attempt.id(),
        attempt.lease(),
        Instant.ofEpochSecond(attempt.order().deadline()),
        () -> runOrAbandon(attempt, input));
  }

  /** The tasks that are being executed now. */
  List<TaskId> running() {
    return running.stream().map(Attempt.Id::task).toList();
  }

  private Answer runOrAbandon(Attempt attempt, TaskInput input) {
    running.add(attempt.id());
    try {
      return runInSlot(attempt, input);
    } catch (TeexException e) {
      log.attemptFailed(attempt.id(), e);
      dispatch.abandon(attempt, e.code(), String.valueOf(e.getMessage()));
      throw e;
    } catch (RuntimeException e) {
      throw new TeexException(ErrorCode.INTERNAL, abandonBroken(attempt, e), e);
    } catch (Error e) {
      abandonBroken(attempt, e);
      throw e;
    } finally {
      running.remove(attempt.id());
    }
  }

  private String abandonBroken(Attempt attempt, Throwable why) {
    String id = log.attemptBroke(attempt.id(), why);
    String message = "the worker failed; its log has the details under " + id;
    dispatch.abandon(attempt, ErrorCode.INTERNAL, message);
    return message;
  }

  private Answer runInSlot(Attempt attempt, TaskInput input) {
    try {
      return slots.in(() -> run(attempt, input));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.WORKER_LOST, "this worker is stopping", e);
    }
  }

  /**
   * Storing the output and handing in the receipt come after the step: they are seen from outside,
   * and how long they take depends on the padded size alone.
   */
  private Answer run(Attempt attempt, TaskInput input) throws InterruptedException {
    int basisPoints = dispatch.basisPoints(attempt.lease().dispatcher());
    Duration step = Preparation.responseStep(attempt.order());
    try (Prepared prepared = preparation.prepare(attempt, input, basisPoints)) {
      Result result = pace.inSteps(step, () -> executor.run(prepared.job(), prepared.task()));
      try (SecretBytes output = result.output()) {
        requireOwnDoing(result);
        return delivery.deliver(attempt, prepared, result, output);
      }
    }
  }

  /** The user does not pay for what the platform did, so that has no receipt. */
  private static void requireOwnDoing(Result result) {
    if (!result.outcome().isCharged()) {
      throw new TeexException(
          ErrorCode.ENGINE_FAILURE, "the executor failed: %s".formatted(result.message()));
    }
  }
}
