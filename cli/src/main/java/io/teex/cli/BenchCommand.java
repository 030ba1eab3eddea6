package io.teex.cli;

import io.teex.bench.BenchReport;
import io.teex.bench.TaskBench;
import io.teex.market.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code teex bench}: figures beside those of a peer, from one run. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures on this machine, beside a peer in the same run.",
    synopsisSubcommandLabel = "(task)",
    footer = {"", "Example: ./teex bench task --json"})
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which benchmark: task");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Latency and throughput of a task that does nothing, and what they consist of.")
  int task(@Mixin Output output) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("teex-bench-");
    try {
      BenchReport report =
          new TaskBench(Installation.current(), directory, TaskBench.Size.FULL, output::step).run();
      output.result(report, inWords(report));
      return 0;
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static String inWords(BenchReport report) {
    Table table = new Table("what", "value", "unit", "beside", "value", "ratio");
    for (BenchReport.Row row : report.rows()) {
      table.row(
          row.name(),
          row.value(),
          row.unit(),
          row.peer() == null ? "" : row.peer(),
          row.peerValue() == null ? "-" : row.peerValue(),
          row.ratio() == null ? "-" : row.ratio());
    }
    return "%s%n%d processors, %s, Java %s"
        .formatted(
            table,
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.arch"),
            System.getProperty("java.version"));
  }
}
