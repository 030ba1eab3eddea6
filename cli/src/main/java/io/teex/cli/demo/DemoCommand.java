package io.teex.cli.demo;

import io.teex.cli.Output;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teex demo}: the whole journey on embedded parts. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the main job of TEEX on this machine: a secret service on secret input over secret data,",
      "settled on chain. TEEs are SIMULATED, the chain is UNVERIFIED."
    },
    footer = {"", "Example: ./teex demo --json --keep"})
public final class DemoCommand implements Callable<Integer> {
  private static final int TASKS_MIN = 10;
  private static final int TASKS_MAX = 2_000;

  @Option(
      names = "--tasks",
      defaultValue = "200",
      description = "How many tasks at least (default ${DEFAULT-VALUE}).")
  private int tasks;

  @Option(names = "--keep", description = "Leave the market running and say where it is.")
  private boolean keep;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where the market lives (default: a new temporary directory).")
  private @Nullable Path directory;

  @Option(
      names = "--no-os-sandbox",
      description = "Run executors without bubblewrap. Shown in output and receipts.")
  private boolean noOsSandbox;

  @Option(
      names = "--plant-leak",
      description = "Write an input into the dispatcher's log, to see that the search finds it.")
  private boolean plantLeak;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (tasks < TASKS_MIN || tasks > TASKS_MAX) {
      throw new TeexException(
          ErrorCode.USAGE,
          "--tasks: seen %d, expected %d to %d".formatted(tasks, TASKS_MIN, TASKS_MAX));
    }
    if (directory != null) {
      requireEmpty(directory);
    }
    Path home = directory == null ? Files.createTempDirectory("teex-demo-") : directory;
    DemoReport report =
        new Demo(home.toAbsolutePath(), new DemoPlan(tasks, keep, !noOsSandbox, plantLeak), output)
            .run();
    output.result(report, report.inWords());
    if (!report.leaks().isEmpty()) {
      throw new TeexException(
          ErrorCode.LEAK_FOUND, "somebody saw a secret that is not theirs: " + report.leaks());
    }
    if (!report.isGood()) {
      throw new TeexException(
          ErrorCode.INTERNAL,
          "the demo ran, but not as it should: money conserved %s, accuracy %.2f"
              .formatted(report.moneyConserved(), report.accuracy()));
    }
    return 0;
  }

  /** At its end the demo removes the directory, so nothing of anybody else may be in it. */
  private static void requireEmpty(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw new TeexException(
            ErrorCode.ALREADY_EXISTS,
            "%s is not empty, and the demo removes its directory: name one that is not there yet"
                .formatted(directory));
      }
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s is no directory that can be listed: name one that is not there yet"
              .formatted(directory),
          e);
    }
  }
}
