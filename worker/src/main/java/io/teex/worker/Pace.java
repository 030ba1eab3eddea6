package io.teex.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Makes what depends on a secret take a whole number of steps, so that whoever sees when it ends,
 * the user or a watcher of the network, does not see more exactly how long it took.
 */
final class Pace {
  private final LongSupplier nanoTime;
  private final Pause pause;

  /** How a thread waits. */
  interface Pause {
    void last(long nanos) throws InterruptedException;
  }

  /** Work that may be interrupted. */
  interface Work<T> {
    T run() throws InterruptedException;
  }

  /**
   * @param nanoTime of a clock that the host cannot turn back, as {@link System#nanoTime}
   */
  Pace(LongSupplier nanoTime, Pause pause) {
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  static Pace inRealTime() {
    return new Pace(System::nanoTime, TimeUnit.NANOSECONDS::sleep);
  }

  /**
   * Returns, or fails, as the work does, at the end of the step in which it ended.
   *
   * @param step zero for at once
   */
  <T> T inSteps(Duration step, Work<T> work) throws InterruptedException {
    if (step.isZero()) {
      return work.run();
    }
    long begun = nanoTime.getAsLong();
    try {
      return work.run();
    } finally {
      awaitStep(begun, step.toNanos());
    }
  }

  private void awaitStep(long begun, long step) throws InterruptedException {
    long took = nanoTime.getAsLong() - begun;
    long end = begun + Math.max(1, Math.ceilDiv(took, step)) * step;
    for (long left = end - nanoTime.getAsLong(); left > 0; left = end - nanoTime.getAsLong()) {
      pause.last(left);
    }
  }
}
