package io.teex.executor;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which process serves whom. A fresh process belongs to nobody; the first job binds it to its user
 * and image for good, and it is never given to another.
 */
final class ProcessPool implements AutoCloseable {
  private record Owner(Bytes user, Bytes32 image) {
    static Owner of(Job job) {
      return new Owner(job.user(), job.imageDigest());
    }
  }

  /**
   * @param use counts all keepings, so that each is itself although its process is kept again
   */
  private record Kept(long use, Owner owner, GuestProcess process) {}

  /** A short task needs no more to be done. */
  private static final Duration HEAD_START = Duration.ofMillis(5);

  private final ExecutorConfig.Pool config;
  private final Launcher launcher;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("teex-executor-sweeper").factory());

  /** Guards everything below. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Started, or being started, and bound to nobody. */
  private final Deque<Future<GuestProcess>> fresh = new ArrayDeque<>();

  /** Bound and waiting for their owner's next task; least recently used first. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private final Set<GuestProcess> busy = new HashSet<>();

  private long uses;
  private boolean closed;

  ProcessPool(ExecutorConfig.Pool config, Launcher launcher) {
    this.config = config;
    this.launcher = launcher;
    refill();
  }

  /**
   * A process for this job: a kept one of the same owner if the job allows it, else a fresh one.
   *
   * @throws TeexException {@code UNAVAILABLE} once closed
   * @throws IOException if no process can be started
   */
  GuestProcess take(Job job) throws IOException, InterruptedException {
    Future<GuestProcess> starting;
    lock.lock();
    try {
      requireOpen();
      if (job.isolation() == Isolation.SESSION) {
        Optional<GuestProcess> found = takeKept(Owner.of(job));
        if (found.isPresent()) {
          busy.add(found.get());
          return found.get();
        }
      }
      starting = fresh.isEmpty() ? launcher.start() : fresh.removeFirst();
      replace();
    } finally {
      lock.unlock();
    }
    return bind(starting);
  }

  /** Waits until those that were started ahead of demand are ready for it. */
  void awaitFresh() throws InterruptedException {
    List<Future<GuestProcess>> starting;
    lock.lock();
    try {
      starting = List.copyOf(fresh);
    } finally {
      lock.unlock();
    }
    for (Future<GuestProcess> each : starting) {
      try {
        each.get().awaitReady();
      } catch (ExecutionException | IOException e) {
        // Whoever takes it finds out, and is told.
      }
    }
  }

  private GuestProcess bind(Future<GuestProcess> starting)
      throws IOException, InterruptedException {
    GuestProcess process;
    try {
      process = starting.get();
    } catch (ExecutionException e) {
      throw new IOException("cannot start a process", e.getCause());
    }
    lock.lock();
    try {
      if (closed) {
        process.close();
      }
      requireOpen();
      busy.add(process);
      return process;
    } finally {
      lock.unlock();
    }
  }

  private Optional<GuestProcess> takeKept(Owner owner) {
    // The most recently used one: its pages and compiled code are warm.
    for (Iterator<Kept> each = kept.descendingIterator(); each.hasNext(); ) {
      Kept candidate = each.next();
      if (candidate.owner().equals(owner)) {
        each.remove();
        if (candidate.process().isSound()) {
          return Optional.of(candidate.process());
        }
        candidate.process().close();
      }
    }
    return Optional.empty();
  }

  /** Gives a process back that may serve its owner again. */
  void keep(Job job, GuestProcess process) {
    lock.lock();
    try {
      busy.remove(process);
      if (closed || config.sessionsMax() == 0) {
        process.close();
        return;
      }
      Kept entry = new Kept(uses++, Owner.of(job), process);
      kept.addLast(entry);
      if (kept.size() > config.sessionsMax()) {
        kept.removeFirst().process().close();
      }
      long idleNanos = config.sessionIdle().toNanos();
      Future<?> _ = sweeper.schedule(() -> expire(entry), idleNanos, TimeUnit.NANOSECONDS);
    } finally {
      lock.unlock();
    }
  }

  private void expire(Kept entry) {
    lock.lock();
    try {
      if (kept.remove(entry)) {
        entry.process().close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends a process that serves nobody any more. */
  void end(GuestProcess process) {
    process.close();
    lock.lock();
    try {
      busy.remove(process);
    } finally {
      lock.unlock();
    }
  }

  /** Those that run a task now. */
  List<GuestProcess> busyProcesses() {
    lock.lock();
    try {
      return List.copyOf(busy);
    } finally {
      lock.unlock();
    }
  }

  /** Every process that lives, for tests that look at them from outside. */
  List<GuestProcess> processes() {
    lock.lock();
    try {
      List<GuestProcess> all = new ArrayList<>(busy);
      kept.forEach(each -> all.add(each.process()));
      for (Future<GuestProcess> starting : fresh) {
        if (starting.state() == Future.State.SUCCESS) {
          all.add(starting.resultNow());
        }
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      busy.forEach(GuestProcess::close);
      kept.forEach(each -> each.process().close());
      kept.clear();
      for (Future<GuestProcess> starting : fresh) {
        closeWhenStarted(starting);
      }
      fresh.clear();
    } finally {
      lock.unlock();
    }
    sweeper.shutdownNow();
    launcher.close();
  }

  private static void closeWhenStarted(Future<GuestProcess> starting) {
    try {
      starting.get().close();
    } catch (ExecutionException e) {
      // It never started, so there is nothing to end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** While the pool lasts, the task that was just given a process gets ahead of its replacement. */
  private void replace() {
    if (fresh.isEmpty()) {
      refill();
    } else {
      Future<?> _ =
          sweeper.schedule(this::refillIfOpen, HEAD_START.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void refillIfOpen() {
    lock.lock();
    try {
      if (!closed) {
        refill();
      }
    } finally {
      lock.unlock();
    }
  }

  private void refill() {
    while (fresh.size() < config.idleMin()) {
      fresh.addLast(launcher.start());
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the executor is closed");
    }
  }
}
