package io.teex.worker;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Executes each attempt at most once: whoever asks again gets what the first one got, also when it
 * failed. Answers are forgotten after a while or when they become too many, and are then only known
 * to have existed; that an attempt was executed is remembered until its order has ended, after
 * which every ticket is refused anyway.
 *
 * @param <K> names an attempt
 * @param <A> answer
 */
final class OnceOnly<K, A> {
  private final Duration answerAge;
  private final long answerBytesMax;
  private final ToLongFunction<A> size;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Run<A>> runs = new HashMap<>();
  private final ArrayDeque<Map.Entry<K, Run<A>>> byAge = new ArrayDeque<>();
  private long answerBytes;

  /**
   * @param answerAge how long an answer is kept at most
   * @param answerBytesMax how many bytes of answers are kept at most; at least the newest stays
   * @param size of an answer in bytes
   */
  OnceOnly(Duration answerAge, long answerBytesMax, ToLongFunction<A> size, InstantSource clock) {
    this.answerAge = answerAge;
    this.answerBytesMax = answerBytesMax;
    this.size = size;
    this.clock = clock;
  }

  /**
   * Executes, or waits for and returns what the same attempt's execution came to.
   *
   * @param lease that the attempt is executed under; there is one for each
   * @param end from when on nobody can ask again
   * @throws TeexException as the execution threw; {@code ALREADY_EXISTS} if it was executed and its
   *     answer is forgotten; {@code LEASE_INVALID} if it was begun under another lease
   */
  A run(K attempt, Lease lease, Instant end, Supplier<A> execution) throws InterruptedException {
    Run<A> mine = new Run<>(lease, end);
    Run<A> first;
    lock.lock();
    try {
      forget();
      first = runs.putIfAbsent(attempt, mine);
      if (first == null) {
        byAge.add(Map.entry(attempt, mine));
      }
    } finally {
      lock.unlock();
    }
    if (first != null) {
      requireSame(attempt, first.lease, lease);
      first.done.await();
      return first.outcome();
    }
    try {
      A answer = execution.get();
      lock.lock();
      try {
        mine.finish(answer, null, clock.instant());
        answerBytes += size.applyAsLong(answer);
        forget();
      } finally {
        lock.unlock();
      }
      return answer;
    } catch (RuntimeException e) {
      mine.finish(null, e, clock.instant());
      throw e;
    } catch (Error e) {
      mine.finish(
          null,
          new TeexException(ErrorCode.INTERNAL, "the worker failed at this attempt", e),
          clock.instant());
      throw e;
    } finally {
      mine.done.countDown();
    }
  }

  /** Two executions of one attempt would make two receipts, and who signs two is a cheat. */
  private static void requireSame(Object attempt, Lease begun, Lease shown) {
    if (!begun.equals(shown)) {
      throw new TeexException(
          ErrorCode.LEASE_INVALID,
          "attempt %s was begun under another lease: ask the dispatcher for another attempt"
              .formatted(attempt));
    }
  }

  /** Drops what is too old or too much; the caller holds the lock. */
  private void forget() {
    Instant now = clock.instant();
    Iterator<Map.Entry<K, Run<A>>> oldest = byAge.iterator();
    while (oldest.hasNext()) {
      Map.Entry<K, Run<A>> entry = oldest.next();
      Run<A> run = entry.getValue();
      Instant finishedAt = run.finishedAt;
      if (finishedAt == null) {
        continue;
      }
      boolean old = now.isAfter(finishedAt.plus(answerAge));
      if (old || answerBytes > answerBytesMax) {
        answerBytes -= run.answer == null ? 0 : size.applyAsLong(run.answer);
        run.answer = null;
      }
      if (old && now.isAfter(run.end)) {
        runs.remove(entry.getKey());
        oldest.remove();
      }
    }
  }

  /** How many attempts are remembered. */
  int size() {
    lock.lock();
    try {
      return runs.size();
    } finally {
      lock.unlock();
    }
  }

  private static final class Run<A> {
    private final Lease lease;
    private final Instant end;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable A answer;
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable Instant finishedAt;

    Run(Lease lease, Instant end) {
      this.lease = lease;
      this.end = end;
    }

    void finish(@Nullable A answer, @Nullable RuntimeException failure, Instant now) {
      this.answer = answer;
      this.failure = failure;
      this.finishedAt = now;
    }

    A outcome() {
      RuntimeException failed = failure;
      if (failed != null) {
        throw failed;
      }
      A result = answer;
      if (result == null) {
        throw new TeexException(
            ErrorCode.ALREADY_EXISTS,
            "this attempt was executed and its answer is no longer kept here;"
                + " ask the dispatcher for the task's result");
      }
      return result;
    }
  }
}
