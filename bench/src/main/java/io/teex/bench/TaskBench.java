package io.teex.bench;

import io.teex.executor.ExecutorConfig;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.Price;
import io.teex.protocol.SecretBytes;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What does a task cost that does nothing? The whole way of it (order, lease, attested channel,
 * release, executor, sealed output, receipt, acknowledgement) beside the same WebAssembly call made
 * directly in the executor, in one run on one machine.
 */
public final class TaskBench {
  private static final byte[] INPUT = new byte[256];
  private static final int PARALLEL = 8;
  private static final Price PRICE =
      new Price(Amount.of(100), Amount.of(1), Amount.of(40), Amount.ZERO);

  /**
   * How much is measured.
   *
   * @param warmUp tasks before anything counts: the JVMs of five roles have to compile themselves
   * @param stream tasks one after the other, and as many side by side
   * @param fresh tasks that each take a fresh process
   */
  public record Size(int warmUp, int stream, int fresh) {
    public static final Size FULL = new Size(3_000, 2_000, 300);
  }

  private final Installation installation;
  private final Path directory;
  private final Size size;
  private final Progress progress;
  private final List<BenchReport.Row> rows = new ArrayList<>();

  public TaskBench(Installation installation, Path directory, Size size, Progress progress) {
    this.installation = installation;
    this.directory = directory;
    this.size = size;
    this.progress = progress;
  }

  public BenchReport run() throws IOException, InterruptedException {
    byte[] wasm = Files.readAllBytes(installation.examples().resolve("noop/noop.wasm"));
    MarketOptions options = MarketOptions.temporary(directory);
    try (EmbeddedMarket embedded = EmbeddedMarket.start(installation, options, progress);
        Market market = Market.connect(embedded.marketFile())) {
      Published noop =
          market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named("noop"));
      User user = market.user(Account.ALICE.key());
      user.depositAndAllow(0, Amount.of(100_000_000_000L), Instant.now().plus(Duration.ofHours(6)));
      OrderTerms stream =
          OrderTerms.of(noop.service(), INPUT)
              .withFeeMax(Amount.of(1_000_000))
              .withIsolation(Isolation.SESSION);
      progress.step("warming up with %d tasks".formatted(size.warmUp()));
      sideBySide(user, stream, size.warmUp());
      Samples.of(size.warmUp() / 4, () -> user.run(stream).requireCompleted());
      measureStream(embedded, user, stream, wasm);
      measureParallel(user, stream);
      measureFresh(user, stream.withIsolation(Isolation.PROCESS), wasm);
    }
    return new BenchReport("task", rows);
  }

  private void measureStream(EmbeddedMarket embedded, User user, OrderTerms order, byte[] wasm)
      throws InterruptedException {
    progress.step("one user's stream: %d tasks, one after the other".formatted(size.stream()));
    Samples direct = direct(wasm, Isolation.SESSION, size.stream());
    Map<String, ProcessHandle> parts = parts(embedded);
    CpuTime before = CpuTime.of(parts);
    Samples stream = Samples.of(size.stream(), () -> user.run(order).requireCompleted());
    Map<String, Double> cpu = CpuTime.of(parts).since(before, size.stream());
    String peer = "the same call directly in the executor";
    rows.add(lessIsBetter("stream p50", stream.millis(50), peer, direct.millis(50)));
    rows.add(lessIsBetter("stream p99", stream.millis(99), peer, direct.millis(99)));
    rows.add(
        BenchReport.Row.moreIsBetter(
            "stream, one at a time", stream.perSecond(), "tasks/s", peer, direct.perSecond()));
    cpu.forEach(
        (part, millis) -> rows.add(BenchReport.Row.alone("CPU " + part, millis, "ms/task")));
  }

  private void measureParallel(User user, OrderTerms order) throws InterruptedException {
    progress.step("the same stream, %d tasks in flight".formatted(PARALLEL));
    double perSecond = sideBySide(user, order, size.stream());
    rows.add(
        BenchReport.Row.moreIsBetter(
            "stream, %d in flight".formatted(PARALLEL), perSecond, "tasks/s", "first aim", 100));
  }

  private void measureFresh(User user, OrderTerms order, byte[] wasm) throws InterruptedException {
    progress.step("a fresh process for each of %d tasks".formatted(size.fresh()));
    Samples.of(size.fresh() / 5, () -> user.run(order).requireCompleted());
    Samples direct = direct(wasm, Isolation.PROCESS, size.fresh());
    Samples fresh = Samples.of(size.fresh(), () -> user.run(order).requireCompleted());
    String peer = "the same call directly in the executor";
    rows.add(lessIsBetter("fresh process p50", fresh.millis(50), peer, direct.millis(50)));
    rows.add(lessIsBetter("fresh process p99", fresh.millis(99), peer, direct.millis(99)));
    rows.add(
        BenchReport.Row.moreIsBetter(
            "fresh process, one at a time",
            fresh.perSecond(),
            "tasks/s",
            peer,
            direct.perSecond()));
  }

  private static BenchReport.Row lessIsBetter(
      String name, double value, String peer, double peerValue) {
    return BenchReport.Row.lessIsBetter(name, value, "ms", peer, peerValue);
  }

  /** The same module, instrumented alike, in the same sandbox, without any of the market. */
  private static Samples direct(byte[] wasm, Isolation isolation, int count)
      throws InterruptedException {
    SecureRandom random = new SecureRandom();
    Instrumented module = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);
    Job job = new Job(Account.ALICE.address().value(), Bytes32.random(random), module, isolation);
    Task task =
        new Task(
            SecretBytes.copyOf(INPUT),
            List.of(),
            SecretBytes.random(random, Task.SEED_BYTES),
            1_000_000_000L,
            64 << 20,
            1 << 20,
            Duration.ofSeconds(30));
    try (ProcessExecutor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT)) {
      Samples.Run run =
          () -> {
            Result result = executor.run(job, task);
            if (result.outcome() != Outcome.COMPLETED) {
              throw new IllegalStateException("direct call: " + result.outcome());
            }
          };
      Samples.of(Math.max(20, count / 5), run);
      return Samples.of(count, run);
    }
  }

  private static double sideBySide(User user, OrderTerms order, int count)
      throws InterruptedException {
    Semaphore slots = new Semaphore(PARALLEL);
    AtomicInteger done = new AtomicInteger();
    long begun = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        slots.acquire();
        threads.execute(() -> {
          try {
            user.run(order).requireCompleted();
            done.incrementAndGet();
          } finally {
            slots.release();
          }
        });
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (done.get() != count) {
      throw new IllegalStateException("only %d of %d tasks completed".formatted(done.get(), count));
    }
    return count / seconds;
  }

  /** Each process by the part that it is; the user is this process. */
  private static Map<String, ProcessHandle> parts(EmbeddedMarket embedded) {
    Map<String, ProcessHandle> parts = new LinkedHashMap<>();
    parts.put("user", ProcessHandle.current());
    for (String name :
        List.of("dispatcher", "manager", "teeds", "blobs", "chain", "worker-1", "worker-2")) {
      ProcessHandle process = embedded.process(name).handle();
      parts.put(name, process);
      if (name.startsWith("worker")) {
        List<ProcessHandle> executors = process.descendants().toList();
        for (int i = 0; i < executors.size(); i++) {
          parts.put("executor %d of %s".formatted(i + 1, name), executors.get(i));
        }
      }
    }
    return parts;
  }
}
