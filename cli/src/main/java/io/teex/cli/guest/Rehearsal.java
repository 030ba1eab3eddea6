package io.teex.cli.guest;

import io.teex.executor.Dataset;
import io.teex.executor.Executor;
import io.teex.executor.Job;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Limits;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeexException;
import java.time.Duration;

/**
 * Runs a module as a worker would: checked, instrumented, in an executor process behind the same
 * walls, within the same limits. Only the randomness is always the same, so that a run can be
 * compared with another.
 */
public final class Rehearsal {
  private static final Bytes NOBODY = Bytes.of(new byte[20]);

  private final Executor executor;
  private final Instrumented module;
  private final Bytes wasm;

  /**
   * @throws TeexException {@code INVALID_MODULE}, {@code FORBIDDEN_IMPORT}
   */
  public Rehearsal(Executor executor, byte[] wasm) {
    this.executor = executor;
    this.wasm = Bytes.of(wasm);
    this.module = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);
  }

  /**
   * What a task may use.
   *
   * @param wallTime its process's start included
   */
  public record Allowed(Limits limits, long outputBytes, Duration wallTime) {}

  /**
   * What came of a case.
   *
   * @param differs where the output is not the expected one, in words; empty if it is
   */
  public record Played(
      GuestCase example,
      Outcome outcome,
      String message,
      Bytes output,
      long fuel,
      long memoryBytes,
      Duration took,
      String differs) {
    public boolean passed() {
      return outcome == Outcome.COMPLETED && differs.isEmpty();
    }
  }

  public Played play(GuestCase example, Allowed allowed) {
    Job job = new Job(NOBODY, Sha256.hash(wasm.copy()), module, Isolation.PROCESS);
    Task task =
        new Task(
            SecretBytes.copyOf(example.input().copy()),
            example.datasets().stream()
                .map(data -> Dataset.of(SecretBytes.copyOf(data.copy())))
                .toList(),
            SecretBytes.copyOf(new byte[Task.SEED_BYTES]),
            allowed.limits().fuel(),
            allowed.limits().memoryBytes(),
            (int) allowed.outputBytes(),
            allowed.wallTime());
    long began = System.nanoTime();
    try {
      Result result = executor.run(job, task);
      Bytes output = Bytes.of(result.output().expose());
      return new Played(
          example,
          result.outcome(),
          result.message(),
          output,
          result.fuel(),
          result.memoryBytes(),
          Duration.ofNanos(System.nanoTime() - began),
          example.expected().map(expected -> Difference.between(expected, output)).orElse(""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "interrupted", e);
    }
  }
}
