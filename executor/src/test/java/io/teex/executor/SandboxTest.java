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
    Path script = scripts.resolve("intruder.js");
    Path secret = Files.writeString(scripts.resolve("a file of the worker"), "secret");
    Files.copy(Path.of("src/test/js/intruder.js"), script);
    Path filter = Files.write(scripts.resolve("filter"), SeccompFilter.ENGINE.toBytes());
    List<String> command =
        Sandbox.command(
            ExecutorConfig.DEFAULT,
            OtherEngine.node(script),
            Programs.requireBubblewrap(Path.of("bwrap")),
            filter);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GuestProcess process =
            GuestProcess.start(command, Map.of(), ProcessBuilder.Redirect.INHERIT, GuestLog.NONE)) {
      String facts =
          "%d %d %s"
              .formatted(
                  server.getLocalPort(), ProcessHandle.current().pid(), secret.toAbsolutePath());
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
        .contains("executor", "program")
        .isSubsetOf("executor", "program", "lib", "lib64", "usr", "opt");
    assertThat(report)
        .containsEntry("read password file", "ENOENT")
        .containsEntry("read file of the worker", "ENOENT")
        .containsEntry("read processes", "ENOENT")
        .containsEntry("read devices", "ENOENT")
        .containsEntry("start a shell", "ENOSYS");
  }

  @Test
  void writesNothing() {
    assertThat(report)
        .containsEntry("write root", "EROFS")
        .containsEntry("write scripts", "EROFS")
        .containsEntry("write temporary file", "ENOENT")
        .containsEntry("make directory", "ENOSYS");
  }

  @Test
  void reachesNobody() {
    assertThat(report)
        .containsEntry("addresses", "ERR_SYSTEM_ERROR")
        .containsEntry("connect to the worker", "ENOSYS")
        .containsEntry("connect to the world", "ENOSYS")
        .containsEntry("signal the worker", "ENOSYS");
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
