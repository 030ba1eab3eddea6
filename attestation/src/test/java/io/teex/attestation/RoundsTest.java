package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RoundsTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  void goOnAfterOneThatFails() throws Exception {
    CountDownLatch thrice = new CountDownLatch(3);

    try (Rounds rounds =
        Rounds.start(
            "test",
            PAUSE,
            () -> {
              thrice.countDown();
              throw new IllegalStateException("this round fails");
            })) {
      thrice.await();
      assertThat(rounds).isNotNull();
    }
  }

  @Test
  void endWhenTheyAreClosedThoughARoundDoesNotHearOfIt() throws Exception {
    BlockingQueue<Thread> running = new LinkedBlockingQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    Rounds rounds =
        Rounds.start(
            "test",
            PAUSE,
            () -> {
              running.add(Thread.currentThread());
              awaitUninterruptibly(closed);
            });
    Thread thread = running.take();

    rounds.close();
    closed.countDown();
    thread.join();

    assertThat(running).isEmpty();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // Swallowed, as work may do that was not written for this.
      }
    }
  }
}
