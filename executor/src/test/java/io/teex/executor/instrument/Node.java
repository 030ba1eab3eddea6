package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a script of {@code src/test/js} outside of any sandbox, with a stack as executors have it.
 */
final class Node {
  private Node() {}

  /** What the script prints, given {@code input} on its standard input. */
  static String run(String script, String input, String... arguments)
      throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("teex.executor", ""));
    Path file = home.resolve("src/test/js").resolve(script).toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh", "-c", "ulimit -s 32768; exec \"$@\"", "sh", "node", "--stack-size=14000"));
    command.add(file.toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(script + " printed " + out).isZero();
    return out;
  }
}
