package io.teex.dispatcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does one thing again and again on a thread of its own until it is closed. After a failure it
 * waits longer and longer, so that a chain that is down is not asked all the time.
 */
final class Loop implements AutoCloseable {
  private static final int SLOWER_MAX = 64;

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  Loop(String name, Duration period, Runnable step, DispatcherLog log) {
    this.thread = Thread.ofVirtual().name(name).start(() -> run(name, period, step, log));
  }

  private void run(String name, Duration period, Runnable step, DispatcherLog log) {
    int slower = 1;
    try {
      do {
        try {
          step.run();
          slower = 1;
        } catch (RuntimeException e) {
          log.failed(name, e);
          slower = Math.min(SLOWER_MAX, slower * 2);
        }
      } while (!stopping.await(period.toMillis() * slower, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the present step end. */
  @Override
  public void close() {
    stopping.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
