package io.teex.cli.demo;

import io.teex.cli.Output;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on standard error while tasks run; nothing where programs listen. */
final class TaskProgress implements AutoCloseable {
  private final @Nullable ProgressBar bar;

  private TaskProgress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  static TaskProgress of(Output output, int tasks) {
    if (output.isJson()) {
      return new TaskProgress(null);
    }
    return new TaskProgress(
        new ProgressBarBuilder()
            .setTaskName("tasks")
            .setInitialMax(tasks)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .build());
  }

  void done() {
    if (bar != null) {
      bar.step();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
