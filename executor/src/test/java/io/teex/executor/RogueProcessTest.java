package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withWallTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.executor.testing.Wait;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process gains that has been taken over: {@code rogue.js} in the place of the engine. */
final class RogueProcessTest {
  private static final Instrumented NOOP = Examples.instrumented("noop/noop");
  private static final Path ROGUE = Path.of("src/test/js/rogue.js").toAbsolutePath();
  private static final ExecutorConfig SMALL =
      ExecutorConfig.DEFAULT
          .withProcessBytesMax(512L << 20)
          .withPool(new ExecutorConfig.Pool(2, 0, 4, Duration.ofMinutes(1)));

  private static ProcessExecutor executor(String deed) {
    return ProcessExecutor.start(SMALL, directory -> OtherEngine.node(ROGUE, deed));
  }

  private static Task task(String input) {
    return withInput(
        withLimits(aTask(), 1_000_000, 1 << 20, 1 << 20), text(input), text("the data"));
  }

  private static String output(Result result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return new String(result.output().expose(), StandardCharsets.UTF_8);
  }

  @Test
  void speaksTheLanguageOfThePipe() throws InterruptedException {
    try (ProcessExecutor executor = executor("honest")) {
      assertThat(output(executor.run(job("u", NOOP, Isolation.SESSION), task("in"))))
          .isEqualTo("in");
      assertThat(executor.facts().engine()).isEqualTo("rogue");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long frame",
        "long output",
        "more output than allowed",
        "more fuel than given",
        "unknown outcome",
        "outcome of the worker",
        "unknown frame",
        "loaded again",
        "data of another task",
        "data beyond the end",
        "data before the beginning",
        "endless data",
        "flood",
        "death",
        "crash",
        "memory",
        "descriptors"
      })
  void isEndedAndNeverCharged(String deed) throws InterruptedException {
    try (ProcessExecutor executor = executor(deed)) {
      Result result = executor.run(job("u", NOOP, Isolation.SESSION), task("in"));

      assertThat(result.outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
      assertThat(result.outcome().isCharged()).isFalse();
      assertThat(result.output().size()).isZero();
      assertThat(result.fuel()).isZero();
      Wait.until("its process ended", () -> executor.processes().isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"silence", "half a frame", "threads"})
  void isEndedWhenItsTimeIsOver(String deed) throws InterruptedException {
    try (ProcessExecutor executor = executor(deed)) {
      Task brief = withWallTime(task("in"), Duration.ofSeconds(2));
      List<GuestProcess> before = executor.processes();

      Result result = executor.run(job("u", NOOP, Isolation.SESSION), brief);

      assertThat(before).isEmpty();
      assertThat(result.outcome()).isIn(Outcome.OUT_OF_TIME, Outcome.ENGINE_FAILURE);
      assertThat(executor.processes()).isEmpty();
    }
  }

  @Test
  void isEndedWhenItNeverCompiles() throws InterruptedException {
    ExecutorConfig hasty = limited(Duration.ofSeconds(5), SMALL.processCpuMax());
    try (ProcessExecutor executor =
        ProcessExecutor.start(hasty, directory -> OtherEngine.node(ROGUE, "never compiles"))) {
      Result result = executor.run(job("u", NOOP, Isolation.SESSION), task("in"));

      assertThat(result.outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
      assertThat(result.message()).contains("not ready in time");
    }
  }

  @Test
  void isEndedWhenItHasUsedItsProcessorTime() throws InterruptedException {
    ExecutorConfig brief = limited(SMALL.start(), Duration.ofSeconds(1));
    try (ProcessExecutor executor =
        ProcessExecutor.start(brief, directory -> OtherEngine.node(ROGUE, "spin"))) {
      Result result = executor.run(job("u", NOOP, Isolation.SESSION), task("in"));

      assertThat(result.outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
    }
  }

  private static ExecutorConfig limited(Duration start, Duration cpuMax) {
    return new ExecutorConfig(
        SMALL.engine(),
        SMALL.walls(),
        SMALL.pool(),
        start,
        SMALL.stackBytesMax(),
        SMALL.processBytesMax(),
        cpuMax);
  }

  @Test
  void cannotAnswerForTheNextTask() throws InterruptedException {
    try (ProcessExecutor executor = executor("answer ahead")) {
      Result first = executor.run(job("u", NOOP, Isolation.SESSION), task("first"));
      Result second = executor.run(job("u", NOOP, Isolation.SESSION), task("second"));

      assertThat(first.outcome()).isIn(Outcome.COMPLETED, Outcome.ENGINE_FAILURE);
      assertThat(second.outcome()).isIn(Outcome.COMPLETED, Outcome.ENGINE_FAILURE);
      assertThat(new String(second.output().expose(), StandardCharsets.UTF_8))
          .isNotEqualTo("ahead");
    }
  }

  @Test
  void remembersNobodyElsesTasks() throws InterruptedException {
    try (ProcessExecutor executor = executor("memory of earlier tasks")) {
      executor.run(job("alice", NOOP, Isolation.SESSION), task("alice's "));

      assertThat(output(executor.run(job("bob", NOOP, Isolation.SESSION), task("bob's"))))
          .isEqualTo("bob's");
      assertThat(output(executor.run(job("alice", NOOP, Isolation.PROCESS), task("again"))))
          .isEqualTo("again");
      // One user's own tasks on one image may share a process, when her orders allow it.
      assertThat(output(executor.run(job("alice", NOOP, Isolation.SESSION), task("again"))))
          .isEqualTo("alice's again");
    }
  }
}
