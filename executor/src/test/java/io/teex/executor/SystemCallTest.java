package io.teex.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel answers a process behind the walls: {@code intruder.c} makes the calls. */
final class SystemCallTest {
  private static final int SIGSYS = 31;
  private static final int SIGNALLED = 128;

  @TempDir Path directory;

  private Path intruder() throws Exception {
    Path program = directory.resolve("intruder");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  List.of("gcc", "-static", "-o", program.toString(), "src/test/c/intruder.c"))
              .inheritIO()
              .start();
    } catch (IOException e) {
      assumeTrue(false, "there is no gcc to compile the intruder: " + e.getMessage());
      throw e;
    }
    assertThat(compiler.waitFor()).isZero();
    return program;
  }

  private GuestProcess start(String... arguments) throws Exception {
    Path program = intruder();
    Path filter = Files.write(directory.resolve("filter"), SeccompFilter.ENGINE.toBytes());
    Engine engine = OtherEngine.of(program, arguments);
    List<String> command =
        Sandbox.command(
            ExecutorConfig.DEFAULT, engine, Programs.requireBubblewrap(Path.of("bwrap")), filter);
    return GuestProcess.start(command, Map.of(), ProcessBuilder.Redirect.INHERIT, GuestLog.NONE);
  }

  private static Map<String, String> report(GuestProcess process) throws IOException {
    byte[] out = process.process().getInputStream().readAllBytes();
    Map<String, String> report = new TreeMap<>();
    new String(out, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(": ", 2))
        .forEach(line -> report.put(line[0], line[1]));
    return report;
  }

  @Test
  void answersWhatNoEngineNeedsAsIfItDidNotExist() throws Exception {
    try (GuestProcess process = start(String.valueOf(ProcessHandle.current().pid()))) {
      Map<String, String> report = report(process);

      assertThat(report).containsEntry("end", "of report");
      assertThat(report.remove("end")).isNotNull();
      assertThat(report).doesNotContainKey("descriptor beside the pipe");
      // The file system answers these, which holds nothing and cannot be written.
      assertThat(report.remove("make a file")).isEqualTo("EROFS");
      assertThat(report.remove("processes")).isEqualTo("ENOENT");
      assertThat(report.remove("devices")).isEqualTo("ENOENT");
      assertThat(report.remove("a shell")).isEqualTo("ENOENT");
      assertThat(report).hasSizeGreaterThan(50);
      assertThat(new TreeSet<>(report.values())).as(report.toString()).containsExactly("ENOSYS");
    }
  }

  @Test
  void endsAProcessThatCallsAsAnotherArchitecture() throws Exception {
    try (GuestProcess process = start("1", "32-bit")) {
      Map<String, String> report = report(process);

      assertThat(report).containsEntry("end", "of report").doesNotContainKey("32-bit call");
      assertThat(process.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.process().exitValue()).isEqualTo(SIGNALLED + SIGSYS);
    }
  }

  @Test
  void hasNoListForOtherArchitectures() {
    TeexException refusal =
        Assertions.catchThrowableOfType(
            TeexException.class, () -> Programs.requireArchitecture("riscv64"));

    assertThat(refusal.code()).isEqualTo(ErrorCode.SANDBOX_MISSING);
    assertThat(refusal).hasMessageContaining("riscv64").hasMessageContaining("amd64");
  }
}
