package io.teex.attestation.collateral;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Has something done again and again, until it is closed. */
@FunctionalInterface
interface Timer {
  /** The work throws nothing: that would end it. */
  Running start(Runnable work);

  /** What was started, by whoever has to end it. */
  @FunctionalInterface
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** In real time, with this pause before each. */
  static Timer pausing(Duration pause) {
    return work -> {
      ScheduledExecutorService thread =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofVirtual().name("collateral-timer").factory());
      long millis = pause.toMillis();
      Future<?> repeated =
          thread.scheduleWithFixedDelay(work, millis, millis, TimeUnit.MILLISECONDS);
      return () -> {
        repeated.cancel(true);
        thread.shutdownNow();
      };
    };
  }
}
