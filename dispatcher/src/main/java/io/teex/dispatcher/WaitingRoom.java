package io.teex.dispatcher;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.concurrent.Semaphore;

/**
 * Bounds the calls that may wait at the same time for one thing. A server has so many places for
 * calls and no more, and callers who wait must leave some to workers, who never do.
 */
final class WaitingRoom {
  /** Something that waits. */
  interface Wait<T> {
    T run() throws InterruptedException;
  }

  private final String what;
  private final int seats;
  private final Semaphore free;

  /**
   * @param what is waited for, as in "… calls wait for a result"
   */
  WaitingRoom(String what, int seats) {
    this.what = what;
    this.seats = seats;
    this.free = new Semaphore(seats);
  }

  /**
   * @throws TeexException {@code UNAVAILABLE} if all seats are taken; what {@code wait} throws
   */
  <T> T seat(Wait<T> wait) throws InterruptedException {
    if (!free.tryAcquire()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "%d calls wait for %s: try again later".formatted(seats, what));
    }
    try {
      return wait.run();
    } finally {
      free.release();
    }
  }
}
