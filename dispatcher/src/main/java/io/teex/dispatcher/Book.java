package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are changed one after the other: those of one lane, or those ordered on chain. A
 * change is written to the journal first and seen in memory when it is durable. If a write fails,
 * whether it happened is not known, so the book is read again before it is used again.
 */
abstract sealed class Book permits LaneBook, RequestBook {
  private final Journal journal;
  private final ConcurrentMap<TaskId, Book> index;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<TaskId, Kept<Task>> tasks = new LinkedHashMap<>();
  private boolean read;

  /**
   * @param index where the book says which tasks it has
   */
  Book(Journal journal, ConcurrentMap<TaskId, Book> index) {
    this.journal = journal;
    this.index = index;
  }

  /** Runs {@code work} while nobody else sees or changes the book. */
  <T> T with(Supplier<T> work) {
    lock.lock();
    try {
      if (!read) {
        reload();
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private void reload() {
    Set<TaskId> before = Set.copyOf(tasks.keySet());
    tasks.clear();
    load();
    read = true;
    before.stream().filter(id -> !tasks.containsKey(id)).forEach(index::remove);
    changed.signalAll();
  }

  /** The task; empty if it is not here, or settled. */
  Optional<Task> find(TaskId id) {
    return with(() -> kept(id));
  }

  /** The task; called with the lock held. */
  final Optional<Task> kept(TaskId id) {
    return Optional.ofNullable(tasks.get(id)).map(Kept::value);
  }

  List<Task> tasks() {
    return with(() -> tasks.values().stream().map(Kept::value).toList());
  }

  /**
   * Brings a task into its next state, durably.
   *
   * @throws IllegalStateException if the task is not in the state that {@code before} shows
   */
  Task move(Task before, TaskState next) {
    return with(() -> {
      Kept<Task> kept = require(before);
      Task after = before.with(next);
      Journal.Write write =
          journal.write().put(key(before), TaskRow.encode(after), kept.revision());
      LongConsumer adjust = adjust(write, before, after);
      long revision = commit(write);
      adjust.accept(revision);
      keep(after, revision);
      return after;
    });
  }

  /**
   * Waits until {@code condition} holds of the task.
   *
   * @return the task as it is then, or when the time is up; empty once it is settled
   */
  Optional<Task> await(TaskId id, Predicate<Task> condition, Duration wait)
      throws InterruptedException {
    long left = wait.toNanos();
    lock.lockInterruptibly();
    try {
      Optional<Task> task = find(id);
      while (left > 0 && task.isPresent() && !condition.test(task.get())) {
        left = changed.awaitNanos(left);
        task = find(id);
      }
      return task;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Files tasks as settled and forgets them here, in the write {@code also}.
   *
   * @return its revision
   */
  final long settle(Collection<Task> settled, SettledIn in, Journal.Write also) {
    for (Task task : settled) {
      also.delete(key(task), require(task).revision()).settle(new SettledTask(task, in));
    }
    long revision = commit(also);
    for (Task task : settled) {
      tasks.remove(task.id());
      index.remove(task.id());
    }
    changed.signalAll();
    return revision;
  }

  /** Forgets a task as if it had never been, durably; called with the lock held. */
  final void drop(Task task) {
    commit(journal.write().delete(key(task), require(task).revision()));
    tasks.remove(task.id());
    index.remove(task.id());
    changed.signalAll();
  }

  /** Reads everything from the journal; called with the lock held and no tasks. */
  abstract void load();

  /** Where the task lies. */
  abstract Bytes key(Task task);

  /**
   * Adds to the write what else changes with a task.
   *
   * @return what to do once it is durable, given its revision
   */
  abstract LongConsumer adjust(Journal.Write write, Task before, Task after);

  final Journal journal() {
    return journal;
  }

  final long commit(Journal.Write write) {
    read = false;
    try {
      long revision = write.commit();
      read = true;
      return revision;
    } catch (TeexException e) {
      if (e.code() == ErrorCode.STORE_CONFLICT) {
        // An earlier write whose answer was lost has happened after all.
        throw new TeexException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  final void keep(Task task, long revision) {
    tasks.put(task.id(), new Kept<>(task, revision));
    index.put(task.id(), this);
    changed.signalAll();
  }

  private Kept<Task> require(Task task) {
    @Nullable Kept<Task> kept = tasks.get(task.id());
    if (kept == null || !kept.value().equals(task)) {
      throw new IllegalStateException("task %s has changed meanwhile".formatted(task.id()));
    }
    return kept;
  }
}
