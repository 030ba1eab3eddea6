package io.teex.executor;

import io.teex.executor.Frames.ProtocolException;
import io.teex.executor.instrument.CostClass;
import io.teex.executor.instrument.CostTable;
import io.teex.protocol.SecretBytes;
import java.io.IOException;

/**
 * Answers the ranges of data sets that one task's process asks for. What is asked is believed
 * nothing: it names a data set of this task, lies inside of it, and all of it together is no more
 * than the task's fuel can have paid.
 */
final class RangeServer {
  /**
   * What a question costs at least. A guest's call is charged for as one host call and by its size,
   * and {@code datasets.js} makes of it at most two questions that are not paid by their size.
   */
  private static final int FUEL_MIN = CostTable.CURRENT.cost(CostClass.HOST_CALL) / 2;

  private final Task task;
  private long fuel;

  RangeServer(Task task) {
    this.task = task;
  }

  /** The fuel that the questions so far cost at least. */
  long fuel() {
    return fuel;
  }

  /**
   * @return the range, for the caller to clear
   * @throws ProtocolException if no process of ours would ask this
   */
  SecretBytes read(int index, long offset, int length) throws IOException {
    if (index < 0 || index >= task.datasets().size()) {
      throw new ProtocolException("a range of data set " + index);
    }
    Dataset dataset = task.datasets().get(index);
    if (length < 1
        || length > Dataset.RANGE_BYTES_MAX
        || offset < 0
        || offset > dataset.size() - length) {
      throw new ProtocolException(
          "%d bytes from %d on of %d, in ranges of 1 to %d"
              .formatted(length, offset, dataset.size(), Dataset.RANGE_BYTES_MAX));
    }
    fuel += FUEL_MIN;
    if (fuel > task.fuelLimit()) {
      throw new ProtocolException("more ranges than its fuel pays for");
    }
    SecretBytes range = dataset.read(offset, length);
    if (range.size() != length) {
      throw new IllegalStateException(
          "a data set gave %d bytes for a range of %d".formatted(range.size(), length));
    }
    return range;
  }
}
