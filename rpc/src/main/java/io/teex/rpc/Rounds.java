package io.teex.rpc;

import java.time.Duration;

/** Does something again and again until it is closed. */
final class Rounds implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

  /** Two of them, with the work, are within the minute that peers may stay too long. */
  static final Duration PAUSE = Duration.ofSeconds(20);

  /** What passes between two rounds. */
  @FunctionalInterface
  interface Pause {
    void pass() throws InterruptedException;
  }

  private final Thread thread;

  private Rounds(Thread thread) {
    this.thread = thread;
  }

  static Rounds start(String name, Runnable work) {
    return start(name, work, () -> Thread.sleep(PAUSE));
  }

  static Rounds start(String name, Runnable work, Pause pause) {
    return new Rounds(Thread.ofVirtual().name("teex-rounds " + name).start(() -> run(work, pause)));
  }

  private static void run(Runnable work, Pause pause) {
    try {
      while (true) {
        pause.pass();
        try {
          work.run();
        } catch (RuntimeException e) {
          // A round that fails must not be the last one.
          LOG.log(System.Logger.Level.ERROR, "judging peers again failed", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
