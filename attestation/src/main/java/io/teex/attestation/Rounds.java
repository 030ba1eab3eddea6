package io.teex.attestation;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again until it is closed. */
public final class Rounds implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  private Rounds(String name, Duration pause, Runnable work) {
    this.thread =
        Thread.ofVirtual()
            .name("teex-rounds " + name)
            .start(() -> run(name, stopping, pause, work));
  }

  /** Does {@code work} on a thread of its own, with this pause before each time. */
  public static Rounds start(String name, Duration pause, Runnable work) {
    return new Rounds(name, pause, work);
  }

  private static void run(String name, CountDownLatch stopping, Duration pause, Runnable work) {
    try {
      while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          work.run();
        } catch (RuntimeException e) {
          // A round that fails must not be the last one.
          LOG.log(System.Logger.Level.ERROR, "a round of the %s failed".formatted(name), e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does not wait for a round that runs. */
  @Override
  public void close() {
    stopping.countDown();
    thread.interrupt();
  }
}
