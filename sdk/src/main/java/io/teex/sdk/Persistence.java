package io.teex.sdk;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Asks again, ever more slowly, while a node cannot be reached: it may just be starting again. */
final class Persistence {
  private static final Duration PAUSE_FIRST = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final Duration patience;

  Persistence(InstantSource clock, Duration patience) {
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * @param call has the same effect however often it is made
   * @throws TeexException as the call; {@code UNAVAILABLE} once patience is over
   */
  <T> T insist(Supplier<T> call) {
    Instant end = clock.instant().plus(patience);
    Duration pause = PAUSE_FIRST;
    while (true) {
      try {
        return call.get();
      } catch (TeexException e) {
        if (e.code() != ErrorCode.UNAVAILABLE || clock.instant().isAfter(end)) {
          throw e;
        }
      }
      sleep(pause);
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "interrupted while asking again", e);
    }
  }
}
