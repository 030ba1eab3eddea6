package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Order;
import io.teex.protocol.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers that are alive and what they are busy with. A worker that is not heard of for {@code
 * silenceMax} is gone until it joins again. Tasks that no worker is free for wait in their order of
 * arrival; those of a user who keeps too many slots waiting let others pass.
 */
final class WorkerPool {
  /** A worker's state as others may see it. */
  record Load(WorkerNode worker, int busy) {}

  /** Tasks of one user on one image may share a process, so they should share a worker. */
  private record Affinity(Address user, Bytes32 image) {}

  private static final int AFFINITIES_MAX = 1_000;

  private final InstantSource clock;
  private final Duration silenceMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heard = lock.newCondition();
  private final Map<Address, Member> members = new LinkedHashMap<>();
  private final Map<Address, Set<TaskId>> busy = new HashMap<>();
  private final UnbegunLeases unbegun = new UnbegunLeases();
  private final List<Waiter> waiters = new ArrayList<>();

  WorkerPool(InstantSource clock, Duration silenceMax) {
    this.clock = clock;
    this.silenceMax = silenceMax;
  }

  private static final class Member {
    private final WorkerNode node;
    private final Map<Affinity, Boolean> affinities =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Affinity, Boolean> eldest) {
            return size() > AFFINITIES_MAX;
          }
        };
    private Instant heardAt;
    private Set<TaskId> running;

    Member(WorkerNode node, Instant heardAt, Set<TaskId> running) {
      this.node = node;
      this.heardAt = heardAt;
      this.running = running;
    }
  }

  private static final class Waiter {
    private final TaskId task;
    private final Order order;
    private final Condition served;
    private @Nullable WorkerNode worker;

    Waiter(TaskId task, Order order, Condition served) {
      this.task = task;
      this.order = order;
      this.served = served;
    }
  }

  /**
   * Notes that a worker is alive.
   *
   * @param running the tasks that it says it works on
   * @return whether it is new, or another than it was
   */
  boolean join(WorkerNode worker, Set<TaskId> running) {
    lock.lock();
    try {
      Member member = members.get(worker.address());
      boolean changed = member == null || !member.node.equals(worker);
      if (changed) {
        members.put(worker.address(), new Member(worker, clock.instant(), Set.copyOf(running)));
      } else if (member != null) {
        member.heardAt = clock.instant();
        member.running = Set.copyOf(running);
      }
      Set<TaskId> leased = busy.getOrDefault(worker.address(), Set.of());
      running.stream().filter(leased::contains).forEach(unbegun::over);
      serveWaiters();
      heard.signalAll();
      return changed;
    } finally {
      lock.unlock();
    }
  }

  /** The worker that signs as {@code address}, if it is alive. */
  Optional<WorkerNode> find(Address address) {
    lock.lock();
    try {
      return Optional.ofNullable(members.get(address)).map(member -> member.node);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a worker for the task if one is free; those who wait can use none that is. */
  Optional<WorkerNode> poll(TaskId task, Order order) {
    lock.lock();
    try {
      return take(task, order);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a worker for the task as soon as one is free; empty if none is in time. */
  Optional<WorkerNode> take(TaskId task, Order order, Duration wait) throws InterruptedException {
    lock.lockInterruptibly();
    Waiter waiter = new Waiter(task, order, lock.newCondition());
    try {
      waiters.add(waiter);
      serveWaiters();
      long left = wait.toNanos();
      while (waiter.worker == null && left > 0) {
        left = waiter.served.awaitNanos(left);
      }
      return Optional.ofNullable(waiter.worker);
    } catch (InterruptedException e) {
      if (waiter.worker != null) {
        free(waiter.worker.address(), task);
      }
      throw e;
    } finally {
      waiters.remove(waiter);
      lock.unlock();
    }
  }

  /** The task is not the worker's any more. */
  void release(Address worker, TaskId task) {
    lock.lock();
    try {
      free(worker, task);
    } finally {
      lock.unlock();
    }
  }

  /** A task of the user was done, and she pays for it. */
  void honoured(Address user) {
    lock.lock();
    try {
      unbegun.honoured(user);
      serveWaiters();
    } finally {
      lock.unlock();
    }
  }

  /** The user let a worker wait until the lease expired. */
  void lapsed(Address user) {
    lock.lock();
    try {
      unbegun.lapsed(user);
    } finally {
      lock.unlock();
    }
  }

  /** Says at a restart that the worker, which has not joined yet, has the task. */
  void occupy(Address worker, TaskId task, Order order) {
    lock.lock();
    try {
      give(worker, task, order);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the worker of an attempt is alive and said that it works on it. */
  boolean isRunning(TaskId task, Attempt attempt) {
    lock.lock();
    try {
      return alive(attempt).filter(member -> member.running.contains(task)).isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the process that got the attempt is alive; it may not have begun. */
  boolean isAlive(Attempt attempt) {
    lock.lock();
    try {
      return alive(attempt).isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the attempt is surely not worked on, as {@link #awaitIdle} has it. */
  boolean isIdle(TaskId task, Attempt attempt) {
    lock.lock();
    try {
      return !mayRun(task, attempt);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the attempt is surely not worked on: its worker is gone, is another process, or was
   * heard since the lease and did not name the task.
   *
   * @return false if it may still be when the time is up
   */
  boolean awaitIdle(TaskId task, Attempt attempt, Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (mayRun(task, attempt)) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        // Silence is not announced, so look again at least as often as it can set in.
        heard.awaitNanos(Math.min(left, silenceMax.toNanos() / 4 + 1));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the workers that fell silent and returns them. */
  List<WorkerNode> dropSilent() {
    lock.lock();
    try {
      List<WorkerNode> dropped = new ArrayList<>();
      for (Iterator<Member> all = members.values().iterator(); all.hasNext(); ) {
        Member member = all.next();
        if (isSilent(member)) {
          dropped.add(member.node);
          all.remove();
        }
      }
      heard.signalAll();
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  List<Load> loads() {
    lock.lock();
    try {
      return members.values().stream()
          .map(member -> new Load(member.node, busy(member.node.address())))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** How many tasks wait for a worker. */
  int waiting() {
    lock.lock();
    try {
      return waiters.size();
    } finally {
      lock.unlock();
    }
  }

  private boolean mayRun(TaskId task, Attempt attempt) {
    Optional<Member> member = alive(attempt);
    if (member.isEmpty()) {
      return false;
    }
    boolean heardSince = member.get().heardAt.getEpochSecond() > attempt.leasedAt();
    return !heardSince || member.get().running.contains(task);
  }

  private Optional<Member> alive(Attempt attempt) {
    return Optional.ofNullable(members.get(attempt.worker()))
        .filter(member -> !isSilent(member) && member.node.isSameProcess(attempt.certificate()));
  }

  private boolean isSilent(Member member) {
    return member.heardAt.plus(silenceMax).isBefore(clock.instant());
  }

  private void free(Address worker, TaskId task) {
    Set<TaskId> tasks = busy.get(worker);
    if (tasks != null && tasks.remove(task)) {
      unbegun.over(task);
      if (tasks.isEmpty()) {
        busy.remove(worker);
      }
      serveWaiters();
    }
  }

  private void serveWaiters() {
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      Optional<WorkerNode> worker = take(waiter.task, waiter.order);
      if (worker.isPresent()) {
        waiter.worker = worker.get();
        waiter.served.signal();
        all.remove();
      }
    }
  }

  private Optional<WorkerNode> take(TaskId task, Order order) {
    // The dispatcher itself begins what was ordered on chain, so no user can let it wait.
    if (!order.isOnChain() && !unbegun.hasRoom(order.user(), slots())) {
      return Optional.empty();
    }
    Affinity affinity = new Affinity(order.user(), order.service().imageDigest());
    Optional<Member> best =
        members.values().stream()
            .filter(member -> isFree(member) && member.node.kind().isIn(order.tier().teeKinds()))
            .min(
                Comparator.<Member>comparingInt(
                        member -> member.affinities.containsKey(affinity) ? 0 : 1)
                    .thenComparingDouble(
                        member -> (double) busy(member.node.address()) / member.node.slots()));
    best.ifPresent(member -> {
      member.affinities.put(affinity, true);
      give(member.node.address(), task, order);
    });
    return best.map(member -> member.node);
  }

  private void give(Address worker, TaskId task, Order order) {
    busy.computeIfAbsent(worker, key -> new HashSet<>()).add(task);
    if (!order.isOnChain()) {
      unbegun.leased(task, order.user());
    }
  }

  private int slots() {
    return members.values().stream().mapToInt(member -> member.node.slots()).sum();
  }

  private boolean isFree(Member member) {
    return !isSilent(member) && busy(member.node.address()) < member.node.slots();
  }

  private int busy(Address worker) {
    return busy.getOrDefault(worker, Set.of()).size();
  }
}
