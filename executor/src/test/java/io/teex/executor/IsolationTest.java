package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withSeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.executor.testing.Wait;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who shares a process with whom, what survives a task, and what happens when a process dies. */
final class IsolationTest {
  private static final Instrumented CURIOUS = Examples.instrumented("hostile/curious");
  private static final Instrumented NOOP = Examples.instrumented("noop/noop");
  private static final Instrumented LOOP = Examples.instrumented("hostile/loop");
  private static final Task ENDLESS = withLimits(aTask(), Long.MAX_VALUE / 2, 1 << 24, 0);

  private static ProcessExecutor executor(int parallel, Duration sessionIdle) {
    return ProcessExecutor.start(
        ExecutorConfig.DEFAULT.withPool(new ExecutorConfig.Pool(parallel, 1, 4, sessionIdle)));
  }

  private static ProcessExecutor executor() {
    return executor(2, Duration.ofMinutes(1));
  }

  private static String output(Result result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return new String(result.output().expose(), StandardCharsets.UTF_8);
  }

  private static long pidOf(ProcessExecutor executor, Job job) throws Exception {
    GuestProcess process = executor.pool().take(job);
    executor.pool().keep(job, process);
    return process.handle().pid();
  }

  @Test
  void givesAProcessToOneUserAndImageOnly() throws Exception {
    try (ProcessExecutor executor = executor()) {
      long first = pidOf(executor, job("alice", NOOP, Isolation.SESSION));

      assertThat(pidOf(executor, job("alice", NOOP, Isolation.SESSION))).isEqualTo(first);
      assertThat(pidOf(executor, job("bob", NOOP, Isolation.SESSION))).isNotEqualTo(first);
      assertThat(pidOf(executor, job("alice", LOOP, Isolation.SESSION))).isNotEqualTo(first);
      assertThat(pidOf(executor, job("alice", NOOP, Isolation.PROCESS))).isNotEqualTo(first);
    }
  }

  @Test
  void endsTheProcessBehindATaskOfItsOwn() throws Exception {
    try (ProcessExecutor executor = executor()) {
      executor.run(job("alice", NOOP, Isolation.PROCESS), withInput(aTask(), text("x")));

      // What lives is the replacement that was started ahead, and it has served nobody.
      assertThat(executor.processes()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void endsAnIdleSession() throws Exception {
    try (ProcessExecutor executor = executor(2, Duration.ofMillis(1))) {
      Job job = job("alice", NOOP, Isolation.SESSION);
      long pid = pidOf(executor, job);

      Wait.until(
          "the idle process ended", () -> ProcessHandle.of(pid).filter(p -> p.isAlive()).isEmpty());
    }
  }

  @Test
  void showsTheGuestNothingThatIsNotItsOwn() throws InterruptedException {
    try (Executor executor = executor()) {
      Task task = withInput(aTask(), text("*input"), text("the data"));

      String seen = output(executor.run(job("alice", CURIOUS, Isolation.PROCESS), task));

      assertThat(seen.lines().toList())
          .contains(
              "tasks before this one: 0",
              "arguments: 1 service",
              "PATH: unset",
              "a file: refused",
              "descriptor 3: closed",
              "clock: 1000000000, moved by 0 ns",
              "input: 6 bytes, first 42, beyond the end 0",
              "data set -1: -1 bytes, beyond the end -1, before the beginning -1, into nowhere -1",
              "data set 0: 8 bytes, beyond the end 0, before the beginning -1, into nowhere -1",
              "data set 1: -1 bytes, beyond the end -1, before the beginning -1, into nowhere -1",
              "end");
      assertThat(seen).doesNotContain("nobody reads this");
    }
  }

  @Test
  void repeatsATaskBitForBitWithTheSameSeedOnly() throws InterruptedException {
    try (Executor executor = executor()) {
      Job session = job("alice", CURIOUS, Isolation.SESSION);
      byte[] otherSeed = new byte[Task.SEED_BYTES];
      Arrays.fill(otherSeed, (byte) 7);

      Result first = executor.run(session, aTask());
      Result again = executor.run(session, aTask());
      Result elsewhere = executor.run(job("bob", CURIOUS, Isolation.PROCESS), aTask());
      Result other = executor.run(session, withSeed(aTask(), SecretBytes.copyOf(otherSeed)));

      // The first line counts tasks in static memory: it would differ if anything survived.
      assertThat(List.of(output(again), output(elsewhere))).containsOnly(output(first));
      assertThat(List.of(again.fuel(), elsewhere.fuel())).containsOnly(first.fuel());
      assertThat(output(other)).isNotEqualTo(output(first));
      // ChaCha20 of the zero key: the first key stream of RFC 8439, appendix A.1.
      assertThat(output(first)).contains("random (0): 76b8e0ada0f13d90405d6ae55386bd28\n");
    }
  }

  @Test
  void reportsAProcessThatIsKilledInTheMiddleOfATask() throws Exception {
    try (ProcessExecutor executor = executor();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Job job = job("alice", LOOP, Isolation.SESSION);
      Future<Result> running = threads.submit(() -> executor.run(job, ENDLESS));
      Wait.until("Node runs in its sandbox", () -> !nodes(executor).isEmpty());

      nodes(executor).forEach(ProcessHandle::destroyForcibly);

      assertThat(running.get().outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
      assertThat(running.get().fuel()).isZero();
      assertThat(output(executor.run(job("alice", NOOP, Isolation.SESSION), aTask()))).isEmpty();
    }
  }

  /** Node itself, behind the processes that bubblewrap has around it and some for a moment. */
  private static List<ProcessHandle> nodes(ProcessExecutor executor) {
    return executor.pool().busyProcesses().stream()
        .flatMap(process -> process.handle().descendants())
        .filter(process -> isNode(process.info().arguments().orElse(new String[0])))
        .toList();
  }

  private static boolean isNode(String[] arguments) {
    List<String> list = List.of(arguments);
    return list.contains("/executor/main.js") && !list.contains("--unshare-user");
  }

  @Test
  void killsEverythingWhenClosed() throws Exception {
    ProcessExecutor executor = executor();
    List<ProcessHandle> handles;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Result> running =
          threads.submit(() -> executor.run(job("alice", LOOP, Isolation.SESSION), ENDLESS));
      Wait.until("the task has a process", () -> !executor.pool().busyProcesses().isEmpty());
      handles = executor.processes().stream().map(GuestProcess::handle).toList();

      executor.close();

      assertThat(running.get().outcome()).isEqualTo(Outcome.ENGINE_FAILURE);
    }
    Wait.until("all ended", () -> handles.stream().noneMatch(ProcessHandle::isAlive));
    TeexException closed =
        catchThrowableOfType(
            TeexException.class,
            () -> executor.run(job("alice", NOOP, Isolation.SESSION), aTask()));
    assertThat(closed.code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void refusesMoreTasksThanMayRunAtOnce() throws Exception {
    try (ProcessExecutor executor = executor(1, Duration.ofMinutes(1));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Result> running =
          threads.submit(() -> executor.run(job("alice", LOOP, Isolation.PROCESS), ENDLESS));
      Wait.until("the first runs", () -> !executor.pool().busyProcesses().isEmpty());

      TeexException refusal =
          catchThrowableOfType(
              TeexException.class,
              () -> executor.run(job("bob", NOOP, Isolation.PROCESS), aTask()));

      assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      running.cancel(true);
      Wait.until("an interrupt ends the task", () -> executor.pool().busyProcesses().isEmpty());
    }
  }

  @Test
  void putsNothingSecretOnCommandLines() throws Exception {
    try (ProcessExecutor executor = executor()) {
      Job job = job("alice-the-user", NOOP, Isolation.SESSION);
      executor.run(job, withInput(aTask(), text("the secret input")));

      for (GuestProcess process : executor.processes()) {
        assertThat(process.handle().info().commandLine().orElse(""))
            .doesNotContain("alice")
            .doesNotContain("secret");
      }
    }
  }
}
