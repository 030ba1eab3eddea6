package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withWallTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.executor.testing.Examples;
import io.teex.executor.testing.OnnxBuilder;
import io.teex.executor.testing.SearchExample;
import io.teex.executor.testing.Wait;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests call models, and neither a guest nor a model gains more than an answer by it. */
final class InferenceTest {
  private static final Instrumented LINEAR = image(OnnxBuilder.linear());
  private static final Instrumented LOOKUP = image(OnnxBuilder.lookup());
  private static final Path ROGUE = Path.of("src/test/js/rogue-model.js").toAbsolutePath();
  private static final int REFUSED = -1;
  private static final int NO_ROOM = -2;
  private static final int FAILED = -3;

  private static Instrumented image(byte[] model) {
    return Instrumenter.instrument(
        SearchExample.section(Examples.wasm("infer/infer"), "teex.model", model),
        InstrumentOptions.DEFAULT);
  }

  private static ByteBuffer words(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Room for the answer, then one row of two numbers. */
  private static Task row(int room, float a, float b) {
    return task(
        words(28).putInt(room).putInt(1).putInt(2).putInt(1).putInt(2).putFloat(a).putFloat(b));
  }

  private static Task at(long number) {
    return task(words(24).putInt(1000).putInt(7).putInt(1).putInt(1).putLong(number));
  }

  private static Task task(ByteBuffer input) {
    byte[] bytes = new byte[input.capacity()];
    input.rewind().get(bytes);
    return withInput(aTask(), SecretBytes.owned(bytes));
  }

  private static ByteBuffer completed(Result result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return ByteBuffer.wrap(result.output().expose()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ProcessExecutor executor(EngineKind engine) {
    return ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine));
  }

  @ParameterizedTest
  @EnumSource
  void answersAndSaysWhyNot(EngineKind engine) throws InterruptedException {
    try (ProcessExecutor executor = executor(engine)) {
      ByteBuffer answer =
          completed(executor.run(job("u", LINEAR, Isolation.SESSION), row(28, 1, 2)));

      assertThat(answer.remaining()).isEqualTo(4 + 28);
      assertThat(answer.position(20).getFloat()).isEqualTo(19);
      assertThat(answer.getFloat()).isEqualTo(32);
      assertThat(answer.getFloat()).isEqualTo(45);
      assertThat(code(executor, LINEAR, row(27, 1, 2))).isEqualTo(NO_ROOM);
      assertThat(code(executor, LINEAR, row(-1, 1, 2))).isEqualTo(REFUSED);
      assertThat(code(executor, LINEAR, at(0))).isEqualTo(REFUSED);
      assertThat(code(executor, Examples.instrumented("infer/infer"), at(0))).isEqualTo(REFUSED);
      assertThat(code(executor, LOOKUP, at(1))).isEqualTo(24);
      assertThat(code(executor, LOOKUP, at(7))).isEqualTo(FAILED);
      assertThat(code(executor, LOOKUP, at(1))).isEqualTo(24);
    }
  }

  private static int code(ProcessExecutor executor, Instrumented image, Task task)
      throws InterruptedException {
    return completed(executor.run(job("u", image, Isolation.SESSION), task)).getInt();
  }

  @Test
  void endsATaskThatCannotPayBeforeItsModelRuns() throws InterruptedException {
    try (ProcessExecutor executor =
        ProcessExecutor.start(
            ExecutorConfig.DEFAULT,
            directory -> new V8Engine(ExecutorConfig.DEFAULT, directory),
            directory -> {
              throw new AssertionError("started for nothing");
            })) {
      long fuel = completedFuel(row(28, 1, 2));

      Result poor =
          executor.run(
              job("u", LINEAR, Isolation.PROCESS),
              withLimits(row(28, 1, 2), fuel - 17_000, 1 << 20, 100));

      assertThat(poor.outcome()).isEqualTo(Outcome.OUT_OF_FUEL);
      assertThat(poor.fuel()).isEqualTo(fuel - 17_000);
    }
  }

  private static long completedFuel(Task task) throws InterruptedException {
    try (ProcessExecutor executor = executor(EngineKind.V8)) {
      return executor.run(job("u", LINEAR, Isolation.PROCESS), task).fuel();
    }
  }

  @Test
  void costsTheSameWhetherTheModelWasThereBefore() throws InterruptedException {
    try (ProcessExecutor executor = executor(EngineKind.V8)) {
      Result first = executor.run(job("u", LINEAR, Isolation.SESSION), row(28, 1, 2));
      Result second = executor.run(job("u", LINEAR, Isolation.SESSION), row(28, 1, 2));

      assertThat(second.fuel()).isEqualTo(first.fuel());
      assertThat(executor.inference().pool().processes()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"death", "long answer", "short answer", "other shapes", "unknown frame"})
  void neverChargesForAModelThatTookItsProcessOver(String deed) throws InterruptedException {
    try (ProcessExecutor executor = rogue(deed)) {
      Result result = executor.run(job("u", LINEAR, Isolation.SESSION), row(28, 1, 2));

      assertThat(result.outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
      assertThat(result.outcome().isCharged()).isFalse();
      assertThat(result.fuel()).isZero();
      Wait.until(
          "its processes ended", () -> executor.inference().pool().busyProcesses().isEmpty());
    }
  }

  @Test
  void endsAModelThatNeverAnswersWithTheTask() throws InterruptedException {
    try (ProcessExecutor executor = rogue("silence")) {
      Task brief = withWallTime(row(28, 1, 2), Duration.ofSeconds(3));

      Result result = executor.run(job("u", LINEAR, Isolation.SESSION), brief);

      assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
      assertThat(executor.inference().pool().busyProcesses()).isEmpty();
    }
  }

  private static ProcessExecutor rogue(String deed) {
    return ProcessExecutor.start(
        ExecutorConfig.DEFAULT.withPool(new ExecutorConfig.Pool(2, 0, 4, Duration.ofMinutes(1))),
        directory -> new V8Engine(ExecutorConfig.DEFAULT, directory),
        directory -> OtherEngine.node(ROGUE, deed));
  }

  @Test
  void givesEachTaskAProcessOfItsOwnUnlessItsOrderAllowsAnother() throws InterruptedException {
    try (ProcessExecutor executor =
        ProcessExecutor.start(
            ExecutorConfig.DEFAULT.withPool(
                new ExecutorConfig.Pool(2, 0, 4, Duration.ofMinutes(1))))) {
      executor.run(job("alice", LINEAR, Isolation.PROCESS), row(28, 1, 2));
      assertThat(executor.inference().pool().processes()).isEmpty();

      executor.run(job("alice", LINEAR, Isolation.SESSION), row(28, 1, 2));
      List<GuestProcess> kept = executor.inference().pool().processes();
      executor.run(job("alice", LINEAR, Isolation.SESSION), row(28, 1, 2));
      assertThat(executor.inference().pool().processes()).isEqualTo(kept).hasSize(1);

      executor.run(job("bob", LINEAR, Isolation.SESSION), row(28, 1, 2));
      assertThat(executor.inference().pool().processes()).hasSize(2);
    }
  }

  @Test
  void runsModelsWithoutNetworkAndFiles() throws InterruptedException, IOException {
    try (ProcessExecutor executor = executor(EngineKind.V8)) {
      executor.run(job("alice", LINEAR, Isolation.SESSION), row(28, 1, 2));
      for (GuestProcess each : executor.inference().pool().processes()) {
        each.awaitReady();
        long pid = inside(each.handle());
        Path process = Path.of("/proc", String.valueOf(pid));
        for (String space : List.of("net", "pid", "ipc", "mnt", "user", "uts")) {
          assertThat(Files.readSymbolicLink(process.resolve("ns/" + space)))
              .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/" + space)));
        }
        assertThat(Files.readString(process.resolve("status")))
            .contains("Seccomp:\t2")
            .contains("NoNewPrivs:\t1")
            .contains("CapEff:\t0000000000000000");
        try (Stream<Path> root = Files.list(process.resolve("root"))) {
          assertThat(root.map(file -> file.getFileName().toString()))
              .doesNotContain("proc", "dev", "etc", "sys");
        }
        try (Stream<Path> scratch = Files.list(process.resolve("root" + OnnxEngine.SCRATCH))) {
          assertThat(scratch.filter(Files::isRegularFile)).isEmpty();
        }
      }
    }
  }

  /**
   * What is mounted on a directory hides what is in it: it must be none that people install under.
   */
  @Test
  void itsScratchDirectoryHidesNoInstallation() {
    for (String common :
        List.of(System.getProperty("java.io.tmpdir"), "/tmp", "/var/tmp", "/opt", "/home")) {
      assertThat(Path.of(common).startsWith(OnnxEngine.SCRATCH)).as(common).isFalse();
    }
  }

  private static long inside(ProcessHandle outermost) {
    return outermost.descendants().findFirst().orElse(outermost).pid();
  }
}
