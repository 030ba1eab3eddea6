package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Facts;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Limits;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a guest can end: by a real run, to the receipt and what it charges. */
class OutcomesTest {
  private static final byte[] DATA = {1};
  private static final long PLENTY = 10_000_000_000L;
  private static ProcessExecutor executor;

  private final Scene scene = new Scene();
  private final ManualTime time = new ManualTime();

  @BeforeAll
  static void start() {
    executor = ProcessExecutor.start(ExecutorConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    executor.close();
  }

  /**
   * @param told to the user alone
   */
  record Case(String module, long fuel, Duration wallTime, Outcome outcome, String told) {
    @Override
    public String toString() {
      return "%s ends as %s".formatted(module, outcome);
    }
  }

  static Stream<Case> cases() {
    Duration long_ = Duration.ofMinutes(1);
    return Stream.of(
        new Case("noop/noop", PLENTY, long_, Outcome.COMPLETED, "completed"),
        new Case(
            "hostile/trap",
            PLENTY,
            long_,
            Outcome.TRAP,
            "the service reached an unreachable instruction"),
        new Case("hostile/loop", 10_000_000, long_, Outcome.OUT_OF_FUEL, "10000000 fuel"),
        new Case("hostile/grow", PLENTY, long_, Outcome.OUT_OF_MEMORY, "of memory allowed"),
        new Case("hostile/recurse", PLENTY, long_, Outcome.DEPTH_EXCEEDED, "call stack"),
        new Case(
            "hostile/loop", PLENTY, Duration.ofMillis(400), Outcome.OUT_OF_TIME, "took longer"),
        new Case("hostile/flood", PLENTY, long_, Outcome.OUTPUT_TOO_LARGE, "4096 bytes of output"),
        new Case("hostile/exit", PLENTY, long_, Outcome.GUEST_EXIT, "exit code 3"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chargesForWhatTheGuestDid(Case each) throws Exception {
    FakeMarket market = new FakeMarket(scene, Modules.wasm(each.module()), DATA);
    Order order = order(market, each.fuel());

    Answer answer = new Rig(scene, market, executor, time, each.wallTime()).execute(order);

    Receipt receipt = answer.receipt().value();
    assertThat(receipt.outcome()).as(answer.detail()).isEqualTo(each.outcome());
    assertThat(answer.detail()).contains(each.told());
    assertThat(receipt.fuel() % order.limits().fuelStep()).isZero();
    assertThat(receipt.fee().providerAmount().plus(receipt.fee().workerAmount()))
        .isEqualTo(Pricing.price(Scene.PRICE, receipt.fuel()));
    assertThat(receipt.fee().total().compareTo(Scene.PRICE.base())).isPositive();
    assertThat(receipt.isConserved()).isTrue();
    boolean completed = each.outcome() == Outcome.COMPLETED;
    assertThat(receipt.outputCommitment().equals(Bytes32.ZERO)).isEqualTo(!completed);
    assertThat(answer.outputCid().isEmpty()).isEqualTo(!completed);
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void chargesNothingForAModuleThatIsNone() {
    FakeMarket market = new FakeMarket(scene, new byte[] {0, 0x61, 0x73, 0x6d, 9, 0, 0, 0}, DATA);
    Rig rig = new Rig(scene, market, executor, time, Duration.ofMinutes(1));

    rig.refuses(ErrorCode.INVALID_MODULE, order(market, PLENTY));

    assertThat(market.receipts).isEmpty();
    assertThat(market.abandoned).containsExactly("INVALID_MODULE");
  }

  @Test
  void chargesNothingForAnEngineThatDies() throws Exception {
    FakeMarket market = new FakeMarket(scene, Modules.wasm("hostile/loop"), DATA);
    try (Mortal mortal = new Mortal()) {
      Rig rig = new Rig(scene, market, mortal, time, Duration.ofMinutes(1));

      rig.refuses(ErrorCode.ENGINE_FAILURE, order(market, PLENTY));
    }

    assertThat(market.receipts).isEmpty();
    assertThat(market.abandoned).containsExactly("ENGINE_FAILURE");
  }

  private Order order(FakeMarket market, long fuel) {
    return Orders.withLimits(
        scene.order(market.imageDigest(), List.of()), new Limits(fuel, 1_000_000, 64L << 20));
  }

  /** A real executor under whose tasks every engine is killed. */
  private static final class Mortal implements Executor {
    private final ProcessExecutor real =
        ProcessExecutor.start(
            ExecutorConfig.DEFAULT.withPool(
                new ExecutorConfig.Pool(1, 0, 0, Duration.ofMinutes(1))));

    @Override
    public Result run(Job job, Task task) throws InterruptedException {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Result> running = threads.submit(() -> real.run(job, task));
        while (!running.isDone()) {
          engines().forEach(ProcessHandle::destroyForcibly);
          LockSupport.parkNanos(1_000_000);
        }
        return running.resultNow();
      }
    }

    /**
     * Those of the class's own executor, which nobody uses meanwhile, die too: it starts others.
     */
    private static Stream<ProcessHandle> engines() {
      return ProcessHandle.current()
          .descendants()
          .filter(process ->
              List.of(process.info().arguments().orElse(new String[0]))
                  .contains("/executor/main.js"));
    }

    @Override
    public Facts facts() {
      return real.facts();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
