package io.teex.bench;

import io.teex.executor.EngineKind;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.market.Account;
import io.teex.market.Progress;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What does it take to run a guest apart from all others? Each figure is of a whole task that does
 * nothing, from the call to its result, so it is an upper bound of the time to the guest's first
 * instruction. Beside each stands what was asked for.
 */
public final class IsolationBench {
  private static final String BAR = "wanted";
  private static final int LARGE_IMAGE_BYTES = 1 << 20;
  private static final int PARALLEL = 2;
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /**
   * How much is measured.
   *
   * @param pool processes started ahead of demand
   * @param session tasks in a process that is kept, one after the other, and as many side by side
   * @param fresh tasks in a process of their own, side by side; a tenth of it on a slow engine
   */
  public record Size(int pool, int session, int fresh) {
    public static final Size FULL = new Size(16, 3_000, 200);
  }

  private final EngineKind engine;
  private final Size size;
  private final Progress progress;
  private final SecureRandom random = new SecureRandom();
  private final Instrumented noop;
  private final Instrumented loop;
  private final List<BenchReport.Row> rows = new ArrayList<>();

  private IsolationBench(EngineKind engine, Size size, Progress progress, Path examples)
      throws IOException {
    this.engine = engine;
    this.size = size;
    this.progress = progress;
    this.noop = image(examples.resolve("noop/noop.wasm"));
    this.loop = image(examples.resolve("hostile/loop.wasm"));
  }

  /**
   * @param home of the installation, which holds the examples
   */
  public static BenchReport run(Path home, Size size, Progress progress)
      throws IOException, InterruptedException {
    List<BenchReport.Row> rows = new ArrayList<>();
    for (EngineKind engine : EngineKind.values()) {
      rows.addAll(new IsolationBench(engine, size, progress, home.resolve("examples")).measure());
    }
    return new BenchReport("isolation", rows);
  }

  private static Instrumented image(Path wasm) throws IOException {
    return Instrumenter.instrument(Files.readAllBytes(wasm), InstrumentOptions.DEFAULT);
  }

  private List<BenchReport.Row> measure() throws IOException, InterruptedException {
    try (ProcessExecutor executor = executor(size.pool())) {
      progress.step("a session on " + executor.facts().engine());
      measureSession(executor);
      progress.step("a pool of %d processes".formatted(size.pool()));
      measurePool(executor);
    }
    try (ProcessExecutor executor = executor(PARALLEL)) {
      progress.step("processes, each for one task");
      measureFresh(executor);
      progress.step("an image of %d bytes".formatted(LARGE_IMAGE_BYTES));
      measureLargeImage(executor);
      progress.step("a task that does not end");
      measureLimit(executor);
    }
    return rows;
  }

  private ProcessExecutor executor(int idle) {
    ExecutorConfig.Pool pool =
        new ExecutorConfig.Pool(PARALLEL, idle, 2 * PARALLEL, Duration.ofMinutes(1));
    return ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine).withPool(pool));
  }

  private void measureSession(ProcessExecutor executor) throws InterruptedException {
    executor.awaitPool();
    Job job = job(noop, Isolation.SESSION);
    Samples.of(size.session() / 2, () -> run(executor, job)); // Until the JVM has compiled itself.
    Samples samples = Samples.of(size.session(), () -> run(executor, job));
    rows.add(less("session, warm image, p50", samples.millis(50), "ms", 3));
    rows.add(less("session, warm image, p99", samples.millis(99), "ms", 3));
    List<Job> jobs = List.of(job, job(noop, Isolation.SESSION));
    double rate = SideBySide.perSecond(PARALLEL, size.session(), i -> run(executor, jobs.get(i)));
    rows.add(more("sessions, two side by side", rate, "tasks/s", 1_000));
    double warm = ProcessMemory.largestMebibytes(executor.facts().engine());
    double base = ProcessMemory.smallestMebibytes(executor.facts().engine());
    rows.add(less("idle warm session beyond the engine", warm - base, "MiB", 20));
    rows.add(BenchReport.Row.alone(named("engine's own memory"), base, "MiB"));
  }

  private void measurePool(ProcessExecutor executor) throws InterruptedException {
    Job job = job(noop, Isolation.PROCESS);
    run(executor, job);
    executor.awaitPool();
    Samples samples = Samples.of(size.pool() / 2, () -> run(executor, job));
    rows.add(less("process, from the pool, p50", samples.millis(50), "ms", 10));
  }

  private void measureFresh(ProcessExecutor executor) throws InterruptedException {
    Job job = job(noop, Isolation.PROCESS);
    int count = engine == EngineKind.V8 ? size.fresh() : size.fresh() / 10;
    double rate = SideBySide.perSecond(PARALLEL, count, i -> run(executor, job));
    rows.add(more("fresh processes, sustained", rate, "tasks/s", 50));
  }

  private void measureLargeImage(ProcessExecutor executor) throws InterruptedException {
    byte[] wasm = LargeImage.of(LARGE_IMAGE_BYTES);
    long begun = System.nanoTime();
    Instrumented large = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);
    double instrumenting = (System.nanoTime() - begun) / 1e6;
    Job job = job(large, Isolation.PROCESS);
    Samples samples =
        Samples.of(
            5,
            () -> {
              executor.awaitPool();
              run(executor, job);
            });
    rows.add(less("cold image of 1 MiB", samples.millis(50), "ms", 200));
    rows.add(BenchReport.Row.alone(named("instrumenting it, once"), instrumenting, "ms"));
  }

  /** How far beyond its time a task gets that would never end. */
  private void measureLimit(ProcessExecutor executor) throws InterruptedException {
    executor.awaitPool();
    Task task = task(Long.MAX_VALUE / 2, LIMIT);
    long begun = System.nanoTime();
    Result result = executor.run(job(loop, Isolation.PROCESS), task);
    double seconds = (System.nanoTime() - begun) / 1e9;
    require(result, Outcome.OUT_OF_TIME);
    rows.add(less("a limit of 2 s ends a task after", seconds, "s", 2 * 1.05));
  }

  private Job job(Instrumented module, Isolation isolation) {
    return new Job(Account.ALICE.address().value(), Bytes32.random(random), module, isolation);
  }

  private void run(ProcessExecutor executor, Job job) throws InterruptedException {
    require(executor.run(job, task(1_000_000_000L, Duration.ofSeconds(60))), Outcome.COMPLETED);
  }

  private Task task(long fuel, Duration wallTime) {
    return new Task(
        SecretBytes.copyOf(new byte[256]),
        List.of(),
        SecretBytes.random(random, Task.SEED_BYTES),
        fuel,
        64 << 20,
        1 << 20,
        wallTime);
  }

  private static void require(Result result, Outcome outcome) {
    if (result.outcome() != outcome) {
      throw new IllegalStateException("%s: %s".formatted(result.outcome(), result.message()));
    }
  }

  private BenchReport.Row less(String name, double value, String unit, double bar) {
    return BenchReport.Row.lessIsBetter(named(name), value, unit, BAR, bar);
  }

  private BenchReport.Row more(String name, double value, String unit, double bar) {
    return BenchReport.Row.moreIsBetter(named(name), value, unit, BAR, bar);
  }

  private String named(String name) {
    return "%s: %s".formatted(engine.name().toLowerCase(Locale.ROOT), name);
  }
}
