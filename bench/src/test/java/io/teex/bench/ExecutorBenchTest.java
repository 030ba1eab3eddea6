package io.teex.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.Progress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed kernels come to the same sums everywhere; what is measured is another matter. */
final class ExecutorBenchTest {
  @TempDir Path directory;

  @Test
  void runsEveryKernelInEveryWay() throws Exception {
    BenchReport report =
        ExecutorBench.run(
            Path.of("..").toRealPath(),
            directory,
            new ExecutorBench.Size(1, 0, 100),
            Progress.silent());

    assertThat(report.rows())
        .extracting(BenchReport.Row::name)
        .contains("image, metered in V8", "geometric mean, metered V8 / un-metered");
    assertThat(report.rows()).allMatch(row -> row.value() > 0);
  }
}
