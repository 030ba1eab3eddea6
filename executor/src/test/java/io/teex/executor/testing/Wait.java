package io.teex.executor.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a state that another process brings about. */
public final class Wait {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Wait() {}

  public static void until(String what, BooleanSupplier reached) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within %s: %s".formatted(LIMIT, what));
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
