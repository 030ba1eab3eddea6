package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line as a process of its own, as a person would run it from a built checkout. */
final class TeexCommand {
  private static final JsonMapper JSON = new JsonMapper();

  /** What came of one run. */
  record Ended(int exitCode, String out, String err) {
    JsonNode json() {
      return JSON.readTree(out);
    }
  }

  private TeexCommand() {}

  /** No file of a market and no process of it. */
  static void assertNothingLeftIn(Path market) {
    assertThat(market).doesNotExist();
    assertThat(ProcessHandle.allProcesses().flatMap(p -> p.info().commandLine().stream()))
        .noneMatch(command -> command.contains(market.toString()));
  }

  static Ended run(String... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  static Ended run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("teex-out-", ".txt");
    Path err = Files.createTempFile("teex-err-", ".txt");
    try {
      Process process = start(environment, out, err, arguments);
      int exitCode = process.waitFor();
      return new Ended(exitCode, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  static Process start(Map<String, String> environment, Path out, Path err, String... arguments)
      throws IOException {
    Path home = Installation.current().home();
    List<String> command = new ArrayList<>();
    // A build in the background ignores Ctrl-C, and so would everything that it starts.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Installation.java().toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dteex.home=" + home));
    command.addAll(List.of("-cp", home.resolve("dist/lib") + "/*", "io.teex.cli.Teex"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }
}
