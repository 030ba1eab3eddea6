package io.teex.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a process can do that obeys a stranger: the script {@code intruder.js} tries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SandboxTest {
  private Map<String, String> report = Map.of();

  @BeforeAll
  void intrude(@TempDir Path scripts) throws Exception {
    Files.copy(Path.of("src/test/js/intruder.js"), scripts.resolve("main.js"));
    Path node = Programs.requireNode(Path.of("node"));
    List<String> command =
        Sandbox.command(
            ExecutorConfig.DEFAULT,
            node,
            Programs.requireBubblewrap(Path.of("bwrap")),
            Programs.librariesOf(node),
            scripts);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GuestProcess process =
            GuestProcess.start(command, ProcessBuilder.Redirect.INHERIT, GuestLog.NONE)) {
      String facts =
          "%d %d %s"
              .formatted(
                  server.getLocalPort(),
                  ProcessHandle.current().pid(),
                  scripts.resolve("main.js").toAbsolutePath());
      try (OutputStream in = process.process().getOutputStream()) {
        in.write(facts.getBytes(StandardCharsets.UTF_8));
      }
      byte[] out = process.process().getInputStream().readAllBytes();
      report =
          new String(out, StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.split(": ", 2))
              .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    }
  }

  @Test
  void reportsToItsEnd() {
    assertThat(report).containsEntry("end", "of report");
    assertThat(report.values()).noneMatch(result -> result.startsWith("DONE"));
  }

  @Test
  void seesOnlyNodeItsLibrariesAndItsScripts() {
    assertThat(report.getOrDefault("files", "").split(" "))
        .contains("executor", "node")
        .isSubsetOf("executor", "node", "lib", "lib64", "usr", "opt");
    assertThat(report)
        .containsEntry("read password file", "ENOENT")
        .containsEntry("read file of the worker", "ENOENT")
        .containsEntry("read processes", "ENOENT")
        .containsEntry("read devices", "ENOENT")
        .containsEntry("start a shell", "ENOENT");
  }

  @Test
  void writesNothing() {
    assertThat(report)
        .containsEntry("write root", "EROFS")
        .containsEntry("write scripts", "EROFS")
        .containsEntry("write temporary file", "ENOENT")
        .containsEntry("make directory", "EROFS");
  }

  @Test
  void reachesNobody() {
    assertThat(report)
        .containsEntry("addresses", "0")
        .containsEntry("connect to the worker", "ECONNREFUSED")
        .containsEntry("connect to the world", "ENETUNREACH")
        .containsEntry("signal the worker", "ESRCH");
    assertThat(report.getOrDefault("look up a name", "")).isIn("EAI_AGAIN", "ENOTFOUND");
  }

  @Test
  void knowsNothingOfItsHost() {
    assertThat(report)
        .containsEntry("host name", "executor")
        .containsEntry("user", "65534 65534")
        .containsEntry("environment", "PWD");
  }
}
