package io.teex.executor.testing;

import io.teex.executor.Dataset;
import io.teex.executor.Job;
import io.teex.executor.Task;
import io.teex.executor.instrument.ImageParts;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Bytes;
import io.teex.protocol.Isolation;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Tasks that say only what a test is about. */
public final class Tasks {
  private static final Task PLAIN =
      new Task(
          text(""),
          List.of(),
          SecretBytes.copyOf(new byte[Task.SEED_BYTES]),
          1_000_000_000,
          64 << 20,
          1 << 20,
          Duration.ofSeconds(30));

  private Tasks() {}

  public static Task aTask() {
    return PLAIN;
  }

  public static SecretBytes text(String text) {
    return SecretBytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Task withInput(Task task, SecretBytes input, SecretBytes... datasets) {
    return new Task(
        input,
        Stream.of(datasets).map(Dataset::of).toList(),
        task.seed(),
        task.fuelLimit(),
        task.memoryBytes(),
        task.outputBytesMax(),
        task.wallTime());
  }

  public static Task withDatasets(Task task, Dataset... datasets) {
    return new Task(
        task.input(),
        List.of(datasets),
        task.seed(),
        task.fuelLimit(),
        task.memoryBytes(),
        task.outputBytesMax(),
        task.wallTime());
  }

  public static Task withSeed(Task task, SecretBytes seed) {
    return new Task(
        task.input(),
        task.datasets(),
        seed,
        task.fuelLimit(),
        task.memoryBytes(),
        task.outputBytesMax(),
        task.wallTime());
  }

  public static Task withLimits(Task task, long fuel, long memoryBytes, int outputBytesMax) {
    return new Task(
        task.input(),
        task.datasets(),
        task.seed(),
        fuel,
        memoryBytes,
        outputBytesMax,
        task.wallTime());
  }

  public static Task withWallTime(Task task, Duration wallTime) {
    return new Task(
        task.input(),
        task.datasets(),
        task.seed(),
        task.fuelLimit(),
        task.memoryBytes(),
        task.outputBytesMax(),
        wallTime);
  }

  public static Job job(String user, Instrumented module, Isolation isolation) {
    return new Job(
        Bytes.of(user.getBytes(StandardCharsets.UTF_8)),
        // The tests' images have no salt, and no two differ under the same digest.
        Sha256.hash(
            ImageParts.join(
                module.module().expose(),
                module.models().stream().map(model -> model.bytes().expose()).toList())),
        module,
        isolation);
  }
}
