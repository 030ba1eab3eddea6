package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withWallTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.executor.testing.Wait;
import io.teex.protocol.Isolation;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A worker that is killed leaves no guest behind, whatever the guest was doing. */
final class WorkerDeathTest {
  private static final String READY = "a guest loops";

  @Test
  void leavesNoProcessWhenTheWorkerIsKilled() throws Exception {
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerDeathTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = worker.inputReader()) {
      assertThat(out.readLine()).isEqualTo(READY);
      List<ProcessHandle> guests = worker.descendants().toList();
      assertThat(guests).isNotEmpty();

      worker.destroyForcibly();

      Wait.until("every guest ended", () -> guests.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      worker.descendants().forEach(ProcessHandle::destroyForcibly);
      worker.destroyForcibly();
    }
  }

  /** A worker with one guest that never ends and one process ahead of demand. */
  public static void main(String[] arguments) throws Exception {
    try (ProcessExecutor executor =
        ProcessExecutor.start(
            ExecutorConfig.DEFAULT.withPool(
                new ExecutorConfig.Pool(1, 1, 1, Duration.ofMinutes(1))))) {
      Task endless =
          withWallTime(withLimits(aTask(), Long.MAX_VALUE / 2, 1 << 24, 100), Duration.ofHours(1));
      Thread guest =
          Thread.ofVirtual()
              .start(() -> run(executor, job("u", loop(), Isolation.PROCESS), endless));
      Wait.until("Node runs in its sandbox", () -> burns(executor));
      System.out.println(READY);
      guest.join();
    }
  }

  /** Whether a guest's process has used more time than starting takes. */
  private static boolean burns(ProcessExecutor executor) {
    return executor.pool().busyProcesses().stream()
        .flatMap(process -> process.handle().descendants())
        .map(process -> process.info().totalCpuDuration())
        .flatMap(Optional::stream)
        .anyMatch(used -> used.compareTo(Duration.ofMillis(500)) > 0);
  }

  private static Instrumented loop() {
    return Examples.instrumented("hostile/loop");
  }

  private static void run(ProcessExecutor executor, Job job, Task task) {
    try {
      executor.run(job, task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
