package io.teex.bench;

import io.teex.executor.EngineKind;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.executor.instrument.ImageParts;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What do walls add to a model? The embedding of a text by all-MiniLM-L6-v2: a whole task, from the
 * call to its result, beside the same call of the same runtime without a sandbox.
 */
public final class InferenceBench {
  private static final int TOKENS = 16;
  private static final int WIDTH = 384;
  private static final int INT64 = 7;

  /**
   * How much is measured.
   *
   * @param warm calls before
   * @param calls measured, in a session that has its model
   * @param fresh tasks in processes of their own
   */
  public record Size(int warm, int calls, int fresh) {
    public static final Size FULL = new Size(50, 300, 5);
  }

  private final Size size;
  private final Instrumented image;
  private final SecureRandom random = new SecureRandom();

  private InferenceBench(Size size, Instrumented image) {
    this.size = size;
    this.image = image;
  }

  /**
   * @param home of the installation, which holds the examples
   */
  public static BenchReport run(Path home, Size size, Progress progress)
      throws IOException, InterruptedException {
    byte[] module = Files.readAllBytes(home.resolve("examples/infer/infer.wasm"));
    byte[] image = ImageParts.join(module, List.of(PlainInference.model()));
    Instrumented ready = Instrumenter.instrument(image, InstrumentOptions.DEFAULT);
    return new BenchReport("inference", new InferenceBench(size, ready).measure(progress));
  }

  private List<BenchReport.Row> measure(Progress progress)
      throws IOException, InterruptedException {
    progress.step("%d calls without a sandbox".formatted(size.calls()));
    double before = plainMillis();
    List<BenchReport.Row> rows = new ArrayList<>();
    ExecutorConfig config = ExecutorConfig.DEFAULT.withEngine(EngineKind.V8);
    try (ProcessExecutor executor = ProcessExecutor.start(config)) {
      Job session = job(Isolation.SESSION);
      progress.step("%d calls behind walls".formatted(size.calls()));
      Samples.of(size.warm(), () -> run(executor, session));
      Samples samples = Samples.of(size.calls(), () -> run(executor, session));
      double plain = (before + plainMillis()) / 2;
      rows.add(
          BenchReport.Row.lessIsBetter(
              "embedding of 16 tokens, session, p50",
              samples.millis(50),
              "ms",
              "without a sandbox",
              plain));
      progress.step("%d tasks in processes of their own".formatted(size.fresh()));
      Job fresh = job(Isolation.PROCESS);
      Samples cold = Samples.of(size.fresh(), () -> run(executor, fresh));
      rows.add(
          BenchReport.Row.alone(
              "the same, fresh processes, model loaded, p50", cold.millis(50), "ms"));
      rows.add(
          BenchReport.Row.alone(
              "fuel of one such task", (double) run(executor, fresh).fuel(), "units"));
    }
    return rows;
  }

  private double plainMillis() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PlainInference.class.getName(),
                String.valueOf(TOKENS),
                String.valueOf(size.warm()),
                String.valueOf(size.calls()))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    Process process = builder.start();
    String nanos =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    if (process.waitFor() != 0) {
      throw new IOException("the runtime without a sandbox ended with " + process.exitValue());
    }
    return Long.parseLong(nanos) / 1e6;
  }

  private Job job(Isolation isolation) {
    return new Job(Account.ALICE.address().value(), Bytes32.random(random), image, isolation);
  }

  private Result run(ProcessExecutor executor, Job job) throws InterruptedException {
    Result result = executor.run(job, task());
    if (result.outcome() != Outcome.COMPLETED) {
      throw new IllegalStateException("%s: %s".formatted(result.outcome(), result.message()));
    }
    return result;
  }

  private Task task() {
    int room = 4 * (2 + 3 + TOKENS * WIDTH);
    ByteBuffer input =
        ByteBuffer.allocate(4 + 3 * (16 + 8 * TOKENS)).order(ByteOrder.LITTLE_ENDIAN).putInt(room);
    for (int i = 0; i < 3; i++) {
      input.putInt(INT64).putInt(2).putInt(1).putInt(TOKENS);
      for (int token = 0; token < TOKENS; token++) {
        input.putLong(1);
      }
    }
    return new Task(
        SecretBytes.owned(input.array()),
        List.of(),
        SecretBytes.random(random, Task.SEED_BYTES),
        1_000_000_000L,
        64 << 20,
        1 << 20,
        Duration.ofSeconds(60));
  }
}
