package io.teex.chain;

import java.time.Duration;

/** A node that asks not to be asked for a while. */
final class RateLimited extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Duration pause;

  RateLimited(String message, Duration pause) {
    super(message);
    this.pause = pause;
  }

  Duration pause() {
    return pause;
  }
}
