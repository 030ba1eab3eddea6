package io.teex.worker;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How much this worker executes at once. */
final class Slots {
  private final Semaphore free;
  private final Duration wait;

  /**
   * @param wait how long somebody may wait for a slot before she is turned away
   */
  Slots(int count, Duration wait) {
    this.free = new Semaphore(count, true);
    this.wait = wait;
  }

  /**
   * @throws TeexException {@code UNAVAILABLE} if none is free in time
   */
  <T> T in(Pace.Work<T> work) throws InterruptedException {
    if (!free.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "all slots of this worker are busy: ask the dispatcher for another attempt, or again later");
    }
    try {
      return work.run();
    } finally {
      free.release();
    }
  }
}
