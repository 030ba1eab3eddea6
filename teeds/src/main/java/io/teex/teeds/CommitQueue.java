package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Commands that wait for the one thread that writes them. While it syncs one batch the next one
 * gathers here, so the batches grow with the load and nobody waits for a timer.
 */
final class CommitQueue {
  /** A command and who waits for its outcome. */
  record Waiting(Command.Encoded command, CompletableFuture<Outcome> outcome) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final long bytesMax;
  private long bytes;
  private boolean closed;

  CommitQueue(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Adds a command, waiting for room.
   *
   * @throws TeexException {@code UNAVAILABLE} after {@link #close()}
   */
  void put(Waiting command) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && bytes >= bytesMax) {
        notFull.await();
      }
      if (closed) {
        throw new TeexException(ErrorCode.UNAVAILABLE, "the store is closed");
      }
      waiting.add(command);
      bytes += command.command().bytes().length;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the commands that wait, at least one, up to about {@code batchBytes}; none once the queue
   * is closed and empty.
   */
  List<Waiting> take(int batchBytes) {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        notEmpty.awaitUninterruptibly();
      }
      List<Waiting> batch = new ArrayList<>();
      long taken = 0;
      while (!waiting.isEmpty()
          && (batch.isEmpty()
              || taken + waiting.getFirst().command().bytes().length <= batchBytes)) {
        Waiting next = waiting.removeFirst();
        taken += next.command().bytes().length;
        batch.add(next);
      }
      bytes -= taken;
      notFull.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses further commands; those that wait can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
