package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.TaskId;
import io.teex.teeds.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongConsumer;

/** The tasks that were ordered on chain; each has its own escrow there, so there is no ledger. */
final class RequestBook extends Book {
  RequestBook(Journal journal, ConcurrentMap<TaskId, Book> index) {
    super(journal, index);
  }

  /**
   * Takes a request, unless it was taken before.
   *
   * @param task queued or refused
   * @return whether it is new
   */
  boolean accept(Task task) {
    return with(() -> {
      if (kept(task.id()).isPresent() || journal().settledTask(task.id()).isPresent()) {
        return false;
      }
      Journal.Write write =
          journal().write().put(key(task), TaskRow.encode(task), 0).absent(Keys.done(task.id()));
      keep(task, commit(write));
      return true;
    });
  }

  /**
   * The requests that a worker has earned from. One that was refused is not among them: to settle
   * it at nothing would take it from every dispatcher that may still serve it, or has.
   */
  List<Task> due() {
    return tasks().stream().filter(task -> task.state() instanceof TaskState.Acknowledged).toList();
  }

  /** Files the refused requests away: they are other dispatchers' now, or their users'. */
  void leaveRefused(int tasksMax) {
    List<TaskId> refused =
        tasks().stream()
            .filter(task -> task.state() instanceof TaskState.Refused)
            .map(Task::id)
            .toList();
    land(refused, SettledIn.ELSEWHERE, tasksMax);
  }

  /**
   * A reorganisation undid the request: unless a worker has it, it is forgotten, so that it is
   * taken anew when it is placed again.
   *
   * @return whether it is forgotten
   */
  boolean undo(TaskId id) {
    return with(() -> {
      Optional<Task> idle =
          kept(id)
              .filter(task ->
                  task.state() instanceof TaskState.Queued
                      || task.state() instanceof TaskState.Refused);
      idle.ifPresent(this::drop);
      return idle.isPresent();
    });
  }

  /** These were settled: files the tasks, some per write. */
  void land(List<TaskId> ids, SettledIn in, int tasksMax) {
    with(() -> {
      List<Task> settled = new ArrayList<>();
      for (TaskId id : ids) {
        kept(id).ifPresent(settled::add);
      }
      for (int from = 0; from < settled.size(); from += tasksMax) {
        settle(
            settled.subList(from, Math.min(settled.size(), from + tasksMax)),
            in,
            journal().write());
      }
      return settled;
    });
  }

  @Override
  void load() {
    for (Entry entry : journal().scan(Keys.requests())) {
      keep(TaskRow.decode(entry.value()), entry.revision());
    }
  }

  @Override
  Bytes key(Task task) {
    return Keys.request(task.id());
  }

  @Override
  LongConsumer adjust(Journal.Write write, Task before, Task after) {
    return _ -> {};
  }
}
