package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withWallTime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.executor.testing.Examples;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every limit and every end of a guest, in real sandboxed processes. */
@ParameterizedClass
@EnumSource(EngineKind.class)
final class LimitsTest {
  @Parameter EngineKind engine;

  private static ProcessExecutor executor;

  @BeforeParameterizedClassInvocation
  static void start(EngineKind engine) {
    executor = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    executor.close();
  }

  private static Result run(String example, Task task) throws InterruptedException {
    return executor.run(job("user", Examples.instrumented(example), Isolation.SESSION), task);
  }

  @Test
  void returnsWhatTheGuestWrites() throws InterruptedException {
    Result result = run("noop/noop", withInput(aTask(), text("to be or not to be")));

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    assertThat(new String(result.output().expose(), StandardCharsets.UTF_8))
        .isEqualTo("to be or not to be");
    assertThat(result.fuel()).isPositive().isLessThan(1_000_000);
    assertThat(result.memoryBytes()).isPositive();
  }

  @Test
  void endsALoopWhenFuelRunsOut() throws InterruptedException {
    Result result = run("hostile/loop", withLimits(aTask(), 50_000_000, 1 << 24, 100));

    assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_FUEL);
    assertThat(result.message()).isEqualTo("used all of its 50000000 fuel");
    assertThat(result.fuel()).isEqualTo(50_000_000);
  }

  @Test
  void endsATaskThatIsGivenNoFuel() throws InterruptedException {
    Result result = run("noop/noop", withLimits(aTask(), 0, 1 << 24, 100));

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.OUT_OF_FUEL);
    assertThat(result.fuel()).isZero();
  }

  @Test
  void endsALoopWhenTimeRunsOut() throws InterruptedException {
    Task endless = withLimits(aTask(), Long.MAX_VALUE / 2, 1 << 24, 100);

    Result result = run("hostile/loop", withWallTime(endless, Duration.ofMillis(200)));

    assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(result.message()).contains("longer than the PT0.2S allowed");
    assertThat(result.fuel()).isZero();
  }

  @Test
  void namesTheProgramsThatSeeWhatGuestsSee() {
    assertThat(executor.programs())
        .extracting(program -> program.getFileName().toString())
        .containsExactly(engine == EngineKind.V8 ? "node" : "java", "bwrap");
    assertThat(executor.programs()).allMatch(Files::isExecutable);
  }

  @Test
  void countsTheStartOfItsProcessAsTimeOfTheTask() throws InterruptedException {
    ExecutorConfig.Pool cold = new ExecutorConfig.Pool(1, 0, 0, Duration.ofMinutes(1));
    try (Executor slow =
        ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine).withPool(cold))) {
      // No Node starts behind bubblewrap within this, and nothing runs before it has.
      Task hasty = withWallTime(aTask(), Duration.ofMillis(20));

      Result result =
          slow.run(job("user", Examples.instrumented("noop/noop"), Isolation.PROCESS), hasty);

      assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    }
  }

  @Test
  void takesNoTaskThatMayWriteMoreThanAnybodyHandlesInMemory() {
    assertThatThrownBy(() -> withLimits(aTask(), 1, 1 << 20, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outputBytesMax");
  }

  @Test
  void saysWhichTrapEndedTheGuest() throws InterruptedException {
    Result result = run("hostile/trap", aTask());

    assertThat(result.outcome()).isEqualTo(Outcome.TRAP);
    assertThat(result.message()).contains("unreachable");
  }

  @Test
  void endsAGuestThatTakesMoreMemoryThanAllowed() throws InterruptedException {
    Result result = run("hostile/grow", withLimits(aTask(), 1L << 40, 64 << 20, 100));

    assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
    assertThat(result.message()).contains("more than the 67108864 bytes of memory allowed");
    assertThat(result.memoryBytes()).isBetween(62L << 20, 64L << 20);
  }

  @Test
  void refusesAModuleThatBeginsWithMoreMemoryThanAllowed() throws InterruptedException {
    Result result = run("noop/noop", withLimits(aTask(), 1L << 40, 65_536, 100));

    assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
  }

  @Test
  void endsEndlessRecursion() throws InterruptedException {
    Result result = run("hostile/recurse", withLimits(aTask(), 1L << 40, 64 << 20, 100));

    assertThat(result.outcome()).isEqualTo(Outcome.DEPTH_EXCEEDED);
    assertThat(result.message()).contains("call stack (endless recursion?)");
  }

  @Test
  void endsAGuestThatWritesMoreThanAllowed() throws InterruptedException {
    Result result = run("hostile/flood", withLimits(aTask(), 1L << 40, 64 << 20, 1 << 20));

    assertThat(result.outcome()).isEqualTo(Outcome.OUTPUT_TOO_LARGE);
    assertThat(result.message()).contains("more than the 1048576 bytes of output allowed");
    assertThat(result.output().size()).isZero();
  }

  @Test
  void reportsTheGuestsExitCode() throws InterruptedException {
    Result result = run("hostile/exit", aTask());

    assertThat(result.outcome()).isEqualTo(Outcome.GUEST_EXIT);
    assertThat(result.message()).contains("exit code 3");
  }

  @Test
  void holdsTheLimitOfOutputToTheByte() throws InterruptedException {
    Task task = withInput(aTask(), text("x".repeat(1000)));

    assertThat(run("noop/noop", withLimits(task, 1 << 30, 1 << 24, 1000)).outcome())
        .isEqualTo(Outcome.COMPLETED);
    assertThat(run("noop/noop", withLimits(task, 1 << 30, 1 << 24, 999)).outcome())
        .isEqualTo(Outcome.OUTPUT_TOO_LARGE);
  }

  @Test
  void holdsTheLimitOfFuelToTheUnit() throws InterruptedException {
    long needed = run("noop/noop", aTask()).fuel();

    assertThat(run("noop/noop", withLimits(aTask(), needed, 1 << 24, 100)).outcome())
        .isEqualTo(Outcome.COMPLETED);
    assertThat(run("noop/noop", withLimits(aTask(), needed - 1, 1 << 24, 100)).outcome())
        .isEqualTo(Outcome.OUT_OF_FUEL);
  }

  @Test
  void takesAServiceThatReturnsNothingAndOneThatReturnsInParts() throws InterruptedException {
    Result nothing = run("noop/noop", aTask());
    Result parts = run("hostile/curious", aTask());

    assertThat(nothing.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(nothing.output().size()).isZero();
    assertThat(new String(parts.output().expose(), StandardCharsets.UTF_8)).endsWith("end\n");
  }
}
