package io.teex.worker;

import io.teex.executor.Dataset;
import io.teex.executor.Job;
import io.teex.executor.Task;

/**
 * All that one attempt needs, in the clear. Closing it overwrites input, data and keys; the image
 * stays, it is no secret of the task's.
 */
record Prepared(Job job, Task task, Receipts.Tariff tariff, Release release)
    implements AutoCloseable {

  @Override
  public void close() {
    task.input().close();
    task.datasets().forEach(Dataset::close);
    release.close();
  }
}
