package io.teex.executor;

import io.teex.protocol.OutputLimits;
import io.teex.protocol.SecretBytes;
import java.time.Duration;
import java.util.List;

/**
 * One run of a module.
 *
 * @param input the guest's standard input
 * @param datasets readable by range; data set 0 is the first of the order
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
    List<SecretBytes> datasets,
    SecretBytes seed,
    long fuelLimit,
    long memoryBytes,
    int outputBytesMax,
    Duration wallTime) {
  public static final int SEED_BYTES = 32;
  public static final int DATASETS_MAX = 64;

  /** All data sets and the input together. */
  public static final long BYTES_MAX = 1L << 30;

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
    long bytes = input.size();
    for (SecretBytes dataset : datasets) {
      bytes += dataset.size();
    }
    require(bytes <= BYTES_MAX, "input and datasets", "have at most %d bytes".formatted(BYTES_MAX));
  }

  private static void require(boolean holds, String what, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a task's %s %s".formatted(what, rule));
    }
  }
}
