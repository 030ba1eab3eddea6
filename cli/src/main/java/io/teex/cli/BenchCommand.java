package io.teex.cli;

import io.teex.bench.AttestBench;
import io.teex.bench.BenchReport;
import io.teex.bench.ExecutorBench;
import io.teex.bench.InferenceBench;
import io.teex.bench.IsolationBench;
import io.teex.bench.SettleBench;
import io.teex.bench.TaskBench;
import io.teex.market.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code teex bench}: figures beside those of a peer, from one run. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures on this machine, beside a peer in the same run.",
    synopsisSubcommandLabel = "(task | isolation | executor | inference | attest | settle)",
    footer = {"", "Example: ./teex bench task --json"})
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say which benchmark: task, isolation, executor, inference, attest or settle");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Latency and throughput of a task that does nothing, and what they consist of.")
  int task(@Mixin Output output) throws IOException, InterruptedException {
    return measured(
        output,
        directory ->
            new TaskBench(Installation.current(), directory, TaskBench.Size.FULL, output::step)
                .run());
  }

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "What it takes to run a guest in a process or session of its own, on each engine.",
      footer = {"", "Example: ./teex bench isolation --json"})
  int isolation(@Mixin Output output) throws IOException, InterruptedException {
    return measured(
        output,
        _ ->
            IsolationBench.run(
                Installation.current().home(), IsolationBench.Size.FULL, output::step));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "What walls add to a model: an embedding, beside the same without a sandbox.",
      footer = {"", "Example: ./teex bench inference --json"})
  int inference(@Mixin Output output) throws IOException, InterruptedException {
    return measured(
        output,
        _ ->
            InferenceBench.run(
                Installation.current().home(), InferenceBench.Size.FULL, output::step));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "CPU time of kernels in C: metered in V8 and Endive, un-metered in the same Node, natively.",
        "gcc builds the native ones; without it, or without libstb-dev for one, they are skipped."
      },
      footer = {"", "Example: ./teex bench executor --json"})
  int executor(@Mixin Output output) throws IOException, InterruptedException {
    return measured(
        output,
        directory ->
            ExecutorBench.run(
                Installation.current().home(), directory, ExecutorBench.Size.FULL, output::step));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Verification of genuine TDX and SNP evidence, and what attestation adds to a handshake.",
        "TEEX_VECTORS names the directory of attestation vectors."
      },
      footer = {"", "Example: TEEX_VECTORS=../vectors ./teex bench attest --json"})
  int attest(@Mixin Output output) throws IOException, InterruptedException {
    return measured(
        output,
        directory ->
            AttestBench.run(
                Installation.current().home(), directory, AttestBench.Size.FULL, output::step));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Gas per task of batches on the embedded chain, beside what iExec's contracts spend.",
      footer = {"", "Example: ./teex bench settle --tasks 100,1000,10000 --accounts 10,50"})
  int settle(
      @Option(
              names = "--tasks",
              split = ",",
              converter = Numbers.Tasks.class,
              defaultValue = "100,1000,10000",
              description = "How many are settled at once (default ${DEFAULT-VALUE}).")
          List<Integer> tasks,
      @Option(
              names = "--accounts",
              split = ",",
              converter = Numbers.Accounts.class,
              defaultValue = "10,50",
              description =
                  "How many accounts a batch touches; one in five is paid (default ${DEFAULT-VALUE}).")
          List<Integer> accounts,
      @Mixin Output output)
      throws IOException, InterruptedException {
    return measured(
        output, _ -> SettleBench.run(Installation.current(), tasks, accounts, output::step));
  }

  private interface Bench {
    BenchReport run(Path directory) throws IOException, InterruptedException;
  }

  private static int measured(Output output, Bench bench) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("teex-bench-");
    try {
      BenchReport report = bench.run(directory);
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
