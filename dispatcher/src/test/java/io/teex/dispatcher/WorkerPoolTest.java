package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Address;
import io.teex.protocol.Isolation;
import io.teex.protocol.Order;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final TestMarket market = new TestMarket();
  private final WorkerPool pool = new WorkerPool(market.clock, Duration.ofSeconds(3));
  private final FakeWorker first = market.worker("w1");
  private final FakeWorker second = market.worker("w2");

  @AfterEach
  void close() {
    market.close();
  }

  private static TaskId task(String name) {
    return new TaskId(FakeWorker.named(name));
  }

  private void join(FakeWorker worker, int slots, TaskId... running) {
    pool.join(TestMarket.node(worker, slots), Set.of(running));
  }

  private Order order(SigningKey user) {
    return market.order(user).build();
  }

  private Order order() {
    return order(market.user);
  }

  private Address poll(String task, Order order) {
    return pool.poll(task(task), order).orElseThrow().address();
  }

  @Test
  void keepsAUsersTasksOnOneWorkerWhileItHasRoom() {
    join(first, 2);
    join(second, 2);
    pool.honoured(market.user.address());

    Address one = poll("a", order());
    Address two = poll("b", order());
    Address three = poll("c", order());

    assertThat(two).isEqualTo(one);
    assertThat(three).isNotEqualTo(one);
  }

  @Test
  void spreadsUsersOverTheLeastLoadedWorkers() {
    join(first, 4);
    join(second, 4);

    Address one = poll("a", order());
    Address two = poll("b", order(SigningKey.generate(market.random)));

    assertThat(two).isNotEqualTo(one);
  }

  @Test
  void givesAWorkerNoMoreThanItsSlots() {
    join(first, 1);
    poll("a", order());

    assertThat(pool.poll(task("b"), order())).isEmpty();
    pool.release(first.address(), task("a"));
    pool.release(first.address(), task("a"));
    assertThat(pool.poll(task("b"), order())).isPresent();
    assertThat(pool.poll(task("c"), order())).isEmpty();
  }

  @Test
  void givesATaskOnlyToAKindOfTeeThatItAccepts() {
    join(first, 1);
    Order order = market.order().tier(Tier.single(Isolation.SESSION, TeeKind.TDX.bit())).build();

    assertThat(pool.poll(task("a"), order)).isEmpty();
  }

  @Test
  void forgetsWorkersThatFellSilent() {
    join(first, 1);
    market.clock.advance(Duration.ofMillis(3_001));

    assertThat(pool.poll(task("a"), order())).isEmpty();
    assertThat(pool.dropSilent()).hasSize(1);
    assertThat(pool.loads()).isEmpty();
  }

  @Test
  void servesWaitersInTheirOrder() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<WorkerNode>>> waiting = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        int before = pool.waiting();
        waiting.add(threads.submit(() -> pool.take(task(name), order(), LONG)));
        while (pool.waiting() == before) {
          Thread.onSpinWait();
        }
      }
      assertThat(pool.poll(task("late"), order())).isEmpty();

      join(first, 2);

      assertThat(waiting.get(0).get()).isPresent();
      assertThat(waiting.get(1).get()).isPresent();
      assertThat(waiting.get(2).isDone()).isFalse();
      pool.release(first.address(), task("a"));
      assertThat(waiting.get(2).get()).isPresent();
    }
  }

  @Test
  void saysWhenNobodyIsFreeInTime() throws InterruptedException {
    assertThat(pool.take(task("a"), order(), Duration.ofMillis(1))).isEmpty();
    assertThat(pool.waiting()).isZero();
  }

  @Test
  void knowsASilentOrRestartedWorkerFromOneThatWorks() throws InterruptedException {
    join(first, 1);
    Attempt attempt =
        new Attempt(
            1,
            "127.0.0.1:1",
            first.certificate(),
            FakeWorker.COST_TABLE,
            1,
            market.clock.seconds(),
            market.clock.seconds() + 30,
            1);
    assertThat(pool.awaitIdle(task("a"), attempt, Duration.ofMillis(1))).isFalse();

    market.clock.advance(Duration.ofSeconds(1));
    join(first, 1, task("a"));
    assertThat(pool.awaitIdle(task("a"), attempt, Duration.ofMillis(1))).isFalse();
    assertThat(pool.isRunning(task("a"), attempt)).isTrue();

    join(first, 1);
    assertThat(pool.awaitIdle(task("a"), attempt, Duration.ofMillis(1))).isTrue();

    market.clock.advance(Duration.ofSeconds(4));
    assertThat(pool.isAlive(attempt)).isFalse();
  }

  @Test
  void countsTheTasksOfAWorkerThatHasNotJoinedAgainYet() {
    pool.occupy(first.address(), task("a"), order());
    join(first, 1);

    assertThat(pool.poll(task("b"), order())).isEmpty();
  }

  private int pollAll(String name, Order order) {
    int taken = 0;
    while (pool.poll(task(name + taken), order).isPresent()) {
      taken++;
    }
    return taken;
  }

  @Test
  void letsAUserWhoBeginsNothingKeepAQuarterOfTheSlotsWaiting() {
    join(first, 8);
    join(second, 8);

    assertThat(pollAll("a", order())).isEqualTo(4);
    assertThat(pollAll("b", order(SigningKey.generate(market.random)))).isEqualTo(4);
  }

  @Test
  void letsAUserHaveTwoSlotsHoweverFewThereAre() {
    join(first, 3);

    assertThat(pollAll("a", order())).isEqualTo(2);
    assertThat(pollAll("b", order(SigningKey.generate(market.random)))).isEqualTo(1);
  }

  @Test
  void letsAUserHaveAllSlotsForTasksThatBegan() {
    join(first, 4);
    pollAll("a", order());

    join(first, 4, task("a0"), task("a1"));

    assertThat(pollAll("b", order())).isEqualTo(2);
  }

  @Test
  void letsAUserHaveMoreAfterEachReceipt() {
    join(first, 8);
    pool.honoured(market.user.address());
    pool.honoured(market.user.address());

    assertThat(pollAll("a", order())).isEqualTo(4);
  }

  @Test
  void letsAUserWhoseLeaseLapsedHaveOneAtATimeUntilAReceipt() {
    join(first, 8);
    pool.honoured(market.user.address());
    pool.lapsed(market.user.address());

    assertThat(pollAll("a", order())).isEqualTo(1);
    pool.honoured(market.user.address());
    assertThat(pollAll("b", order())).isEqualTo(1);
  }

  @Test
  void letsRequestsHaveAllSlotsSinceTheyWaitForNoUser() {
    join(first, 8);

    assertThat(pollAll("a", market.order().dispatcher(Address.ZERO).build())).isEqualTo(8);
  }

  @Test
  void letsOthersPassAUserWhoKeepsSlotsWaiting() throws Exception {
    join(first, 4);
    pollAll("a", order());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<WorkerNode>> waiting =
          threads.submit(() -> pool.take(task("late"), order(), LONG));
      while (pool.waiting() == 0) {
        Thread.onSpinWait();
      }

      assertThat(pollAll("b", order(SigningKey.generate(market.random)))).isEqualTo(2);

      assertThat(waiting.isDone()).isFalse();
      pool.release(first.address(), task("a0"));
      assertThat(waiting.get()).isPresent();
    }
  }

  @Test
  void countsLeasesOfBeforeARestart() {
    pool.occupy(first.address(), task("a"), order());
    join(first, 8);

    assertThat(pollAll("b", order())).isEqualTo(1);
  }
}
