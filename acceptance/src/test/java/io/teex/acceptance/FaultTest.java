package io.teex.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.Limits;
import io.teex.protocol.Outcome;
import io.teex.protocol.Price;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes killed with real signals: nothing acknowledged is lost, nobody is paid twice. */
class FaultTest {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.ZERO, Amount.of(400), Amount.ZERO);

  @TempDir private Path directory;

  private EmbeddedMarket embedded;
  private Market market;
  private User alice;

  @BeforeEach
  void aMarket() {
    embedded =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market")),
            Progress.silent());
    market = Market.connect(embedded.marketFile());
    alice = market.user(Account.ALICE.key());
    alice.depositAndAllow(0, Amount.of(100_000_000), Instant.now().plus(Duration.ofDays(1)));
  }

  @AfterEach
  void stop() {
    market.close();
    embedded.close();
  }

  private Published publish(String example) throws IOException {
    byte[] wasm = Files.readAllBytes(Installation.current().examples().resolve(example));
    return market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named(example));
  }

  private static OrderTerms order(Published service, String input) {
    return OrderTerms.of(service.service(), input.getBytes(UTF_8)).withFeeMax(Amount.of(1_000_000));
  }

  @Test
  void aTaskWhoseWorkerIsKilledIsDoneByAnother() throws Exception {
    Published slow = publish("hostile/loop.wasm");
    OrderTerms terms = order(slow, "").withLimits(new Limits(24_000_000_000L, 1_000_000, 64 << 20));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<TaskResult> running = threads.submit(() -> alice.run(terms));
      String busy = awaitBusyWorker();

      embedded.kill(busy);
      TaskResult result = running.get(90, TimeUnit.SECONDS);

      assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_FUEL);
      // The dead worker may be given the task once more, before the dispatcher misses it.
      assertThat(result.receipt().value().attempt()).isGreaterThan(1);
      assertThat(embedded.workerName(result.receipt().value().worker())).isNotEqualTo(busy);
    }
    alice.settle();
    assertThat(market.settlements().batches().getLast().count()).isEqualTo(1);
    assertThat(market.settlements().conservation().holds()).isTrue();
  }

  /** The worker whose executor burns CPU: only the guest's endless loop does. */
  private String awaitBusyWorker() throws InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < giveUp) {
      for (String worker : new String[] {"worker-1", "worker-2"}) {
        boolean busy =
            embedded
                .process(worker)
                .handle()
                .descendants()
                .anyMatch(process ->
                    process
                        .info()
                        .totalCpuDuration()
                        .map(used -> used.compareTo(Duration.ofMillis(900)) > 0)
                        .orElse(false));
        if (busy) {
          return worker;
        }
      }
      // The core is for the guest.
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw new AssertionError("no worker became busy");
  }

  @Test
  void aDispatcherKilledBetweenReceiptAndSettlementSettlesOnceAfterItsReturn() throws IOException {
    Published echo = publish("noop/noop.wasm");
    for (int i = 0; i < 5; i++) {
      alice.run(order(echo, "task " + i)).requireCompleted();
    }

    embedded.kill("dispatcher");
    embedded.restart("dispatcher");
    embedded.awaitOrders();
    try (Market again = Market.connect(embedded.marketFile())) {
      User returned = again.user(Account.ALICE.key());
      returned.settle();
      returned.settle();
      int settled = again.settlements().batches().stream().mapToInt(batch -> batch.count()).sum();
      assertThat(settled).isEqualTo(5);
      assertThat(again.settlements().conservation().holds()).isTrue();
      // The lane goes on where it was.
      returned.run(order(echo, "after")).requireCompleted();
    }
  }

  @Test
  void theStoreIsKilledAndNothingAcknowledgedIsLost() throws IOException {
    Published echo = publish("noop/noop.wasm");
    for (int i = 0; i < 3; i++) {
      alice.run(order(echo, "task " + i)).requireCompleted();
    }

    embedded.kill("teeds");
    embedded.restart("teeds");

    alice.run(order(echo, "after")).requireCompleted();
    alice.settle();
    assertThat(market.settlements().batches().stream().mapToInt(batch -> batch.count()).sum())
        .isEqualTo(4);
    assertThat(market.settlements().conservation().holds()).isTrue();
  }

  @Test
  void theManagerIsKilledAndKeepsItsKeysAndItsName() throws IOException {
    Published echo = publish("noop/noop.wasm");
    alice.run(order(echo, "before")).requireCompleted();

    embedded.kill("manager");
    embedded.restart("manager");

    assertThat(new String(alice.run(order(echo, "after")).requireCompleted(), UTF_8))
        .isEqualTo("after");
  }
}
