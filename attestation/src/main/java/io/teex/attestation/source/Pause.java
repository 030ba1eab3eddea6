package io.teex.attestation.source;

import java.time.Duration;

/** Waits for a platform that is busy and cannot say when it is not. */
interface Pause {
  /** Real time. */
  Pause SLEEP = duration -> Thread.sleep(duration);

  void pause(Duration duration) throws InterruptedException;
}
