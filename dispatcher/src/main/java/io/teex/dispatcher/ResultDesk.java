package io.teex.dispatcher;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.Optional;

/** Tells how far a task is. */
final class ResultDesk {
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  private final Ledger ledger;

  ResultDesk(Ledger ledger) {
    this.ledger = ledger;
  }

  /** A task, and where it was settled if it was. */
  record Result(Task task, Optional<SettledIn> settled) {
    /** As clients read it. */
    String state() {
      return switch (task.state()) {
        case TaskState.Queued _ -> "queued";
        case TaskState.Leased _ -> "leased";
        case TaskState.Acknowledged _ -> settled.isPresent() ? "settled" : "acknowledged";
        case TaskState.Refused _ -> "refused";
      };
    }
  }

  /**
   * The task, as soon as it is done or the time is up.
   *
   * @throws TeexException {@code NOT_FOUND}
   */
  Result await(TaskId id, Duration wait) throws InterruptedException {
    Duration bounded = wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait;
    Optional<Task> open = ledger.await(id, task -> task.state().isFinal(), bounded);
    if (open.isPresent()) {
      return new Result(open.get(), Optional.empty());
    }
    return ledger
        .findSettled(id)
        .map(settled -> new Result(settled.task(), Optional.of(settled.in())))
        .orElseThrow(() -> new TeexException(ErrorCode.NOT_FOUND, "no task " + id));
  }
}
