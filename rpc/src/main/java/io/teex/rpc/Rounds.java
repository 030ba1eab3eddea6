package io.teex.rpc;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again until it is closed. */
public final class Rounds implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

  /** Two of them, with the work, are within the minute that peers may stay too long. */
  static final Duration PAUSE = Duration.ofSeconds(20);

  /** What passes before a round. */
  @FunctionalInterface
  interface Pause {
    /** Returns early, with true, if there is to be no further round. */
    boolean pass(CountDownLatch stopping) throws InterruptedException;
  }

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  private Rounds(String name, Runnable work, Pause pause) {
    this.thread =
        Thread.ofVirtual()
            .name("teex-rounds " + name)
            .start(() -> run(name, stopping, work, pause));
  }

  /** Does {@code work} on a thread of its own, for the first time after a pause of 20 seconds. */
  public static Rounds start(String name, Runnable work) {
    return start(name, work, stopping -> stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
  }

  static Rounds start(String name, Runnable work, Pause pause) {
    return new Rounds(name, work, pause);
  }

  private static void run(String name, CountDownLatch stopping, Runnable work, Pause pause) {
    try {
      while (!pause.pass(stopping)) {
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
