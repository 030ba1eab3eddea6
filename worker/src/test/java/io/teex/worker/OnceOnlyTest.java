package io.teex.worker;

import static io.teex.worker.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OnceOnlyTest {
  private static final Instant END = Scene.START.plusSeconds(30);
  private static final Lease LEASE = lease(1);

  private final ManualClock clock = new ManualClock(Scene.START);
  private final OnceOnly<String, String> once =
      new OnceOnly<>(Duration.ofMinutes(1), 10, String::length, clock);
  private final AtomicInteger executions = new AtomicInteger();

  @Test
  void answersAgainWithoutExecutingAgain() throws Exception {
    assertThat(run("a", "one")).isEqualTo("one");
    assertThat(run("a", "two")).isEqualTo("one");
    assertThat(run("b", "two")).isEqualTo("two");

    assertThat(executions).hasValue(2);
  }

  @Test
  void failsAgainWithoutExecutingAgain() {
    for (int i = 0; i < 2; i++) {
      refuses(
          ErrorCode.ENGINE_FAILURE,
          () ->
              once.run(
                  "a",
                  LEASE,
                  END,
                  () -> {
                    executions.incrementAndGet();
                    throw new TeexException(ErrorCode.ENGINE_FAILURE, "broke");
                  }));
    }

    assertThat(executions).hasValue(1);
  }

  @Test
  void whoAsksMeanwhileWaitsForTheOneExecution() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first =
          threads.submit(() ->
              once.run(
                  "a",
                  LEASE,
                  END,
                  () -> {
                    begun.countDown();
                    awaitQuietly(finish);
                    return "one";
                  }));
      begun.await();
      Future<String> second = threads.submit(() -> run("a", "two"));
      finish.countDown();

      assertThat(first.get()).isEqualTo("one");
      assertThat(second.get()).isEqualTo("one");
      assertThat(executions).hasValue(0);
    }
  }

  @Test
  void anAttemptHasOneLease() throws Exception {
    run("a", "one");

    refuses(ErrorCode.LEASE_INVALID, () -> once.run("a", lease(2), END, () -> "two"));

    assertThat(run("a", "two")).isEqualTo("one");
  }

  @Test
  void remembersThatItExecutedAfterTheAnswerIsForgotten() throws Exception {
    run("a", "0123456789");
    run("b", "x");

    refuses(ErrorCode.ALREADY_EXISTS, () -> run("a", "again"));
    assertThat(run("b", "again")).isEqualTo("x");
    assertThat(executions).hasValue(2);
  }

  @Test
  void forgetsOldAnswersAndThenEndedOrders() throws Exception {
    run("a", "one");

    clock.pass(Duration.ofSeconds(61));
    run("b", "two");

    assertThat(once.size()).isEqualTo(1);
  }

  private String run(String attempt, String answer) throws InterruptedException {
    return once.run(
        attempt,
        LEASE,
        END,
        () -> {
          executions.incrementAndGet();
          return answer;
        });
  }

  private static Lease lease(long fencingToken) {
    return new Lease(
        new TaskId(Bytes32.ZERO), 1, Address.ZERO, Address.ZERO, 1_800_000_030, fencingToken);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
