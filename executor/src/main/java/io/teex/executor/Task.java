package io.teex.executor;

import io.teex.protocol.OutputLimits;
import io.teex.protocol.SecretBytes;
import java.time.Duration;
import java.util.List;

/**
 * One run of a module.
 *
 * @param input the guest's standard input
 * @param datasets read by range while the task runs; data set 0 is the first of the order
 * @param seed 32 bytes: all randomness that the guest sees is derived from it
 * @param fuelLimit units; with none the task ends at once
 * @param memoryBytes of linear memory, rounded down to pages of 64 KiB; above the module's clamp it
 *     means the clamp
 * @param outputBytesMax more output ends the task; at most {@link OutputLimits#PLAIN_BYTES_MAX},
 *     since it is held in memory
 * @param wallTime after which the process is killed, its start included
 */
public record Task(
    SecretBytes input,
    List<Dataset> datasets,
    SecretBytes seed,
    long fuelLimit,
    long memoryBytes,
    int outputBytesMax,
    Duration wallTime) {
  public static final int SEED_BYTES = 32;
  public static final int DATASETS_MAX = 64;

  /** Of the input, which is in memory as a whole. */
  public static final int INPUT_BYTES_MAX = 1 << 30;

  public Task {
    datasets = List.copyOf(datasets);
    require(seed.size() == SEED_BYTES, "seed", "has 32 bytes");
    require(fuelLimit >= 0, "fuelLimit", "is not negative");
    require(memoryBytes >= 0, "memoryBytes", "is not negative");
    require(
        outputBytesMax >= 0 && outputBytesMax <= OutputLimits.PLAIN_BYTES_MAX,
        "outputBytesMax",
        "is 0 to " + OutputLimits.PLAIN_BYTES_MAX);
    require(wallTime.isPositive(), "wallTime", "is positive");
    require(datasets.size() <= DATASETS_MAX, "datasets", "are at most " + DATASETS_MAX);
    require(
        input.size() <= INPUT_BYTES_MAX,
        "input",
        "has at most %d bytes".formatted(INPUT_BYTES_MAX));
    for (Dataset dataset : datasets) {
      require(
          dataset.size() >= 0 && dataset.size() <= Dataset.BYTES_MAX,
          "data set",
          "has at most %d bytes".formatted(Dataset.BYTES_MAX));
    }
  }

  private static void require(boolean holds, String what, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a task's %s %s".formatted(what, rule));
    }
  }
}
