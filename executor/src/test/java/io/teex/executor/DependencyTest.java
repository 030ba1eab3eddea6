package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.executor.ExecutorConfig.Walls;
import io.teex.executor.testing.Examples;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is missing is named, with what to do about it. */
final class DependencyTest {
  private static final Path NODE = Path.of("node");
  private static final Path BUBBLEWRAP = Path.of("bwrap");

  @TempDir Path directory;

  private static TeexException refusal(Walls walls) {
    return catchThrowableOfType(
        TeexException.class,
        () -> ProcessExecutor.start(ExecutorConfig.DEFAULT.withWalls(walls)).close());
  }

  private Path program(String name, String script) throws IOException {
    Path program = directory.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  @Test
  void namesAMissingNode() {
    TeexException refusal = refusal(new Walls(directory.resolve("node"), BUBBLEWRAP, true));

    assertThat(refusal.code()).isEqualTo(ErrorCode.DEPENDENCY_MISSING);
    assertThat(refusal).hasMessageContaining("Install Node.js 20");
  }

  @Test
  void namesANodeThatIsTooOld() throws IOException {
    TeexException refusal = refusal(new Walls(program("node", "echo v18.19.0"), BUBBLEWRAP, true));

    assertThat(refusal.code()).isEqualTo(ErrorCode.DEPENDENCY_MISSING);
    assertThat(refusal).hasMessageContaining("v18.19.0").hasMessageContaining("20 or newer");
  }

  @Test
  void namesAMissingBubblewrap() {
    TeexException refusal = refusal(new Walls(NODE, directory.resolve("bwrap"), true));

    assertThat(refusal.code()).isEqualTo(ErrorCode.SANDBOX_MISSING);
    assertThat(refusal)
        .hasMessageContaining("apt-get install bubblewrap")
        .hasMessageContaining("--no-os-sandbox");
  }

  @Test
  void saysWhenUserNamespacesAreRefused() throws IOException {
    Path refusing =
        program("bwrap", "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1");

    TeexException refusal = refusal(new Walls(NODE, refusing, true));

    assertThat(refusal.code()).isEqualTo(ErrorCode.SANDBOX_MISSING);
    assertThat(refusal)
        .hasMessageContaining("No permissions to create a new namespace")
        .hasMessageContaining("user.max_user_namespaces");
  }

  @Test
  void runsWithoutTheSandboxOnlyWhenToldAndSaysSo() throws InterruptedException {
    Walls open = new Walls(NODE, directory.resolve("bwrap"), false);

    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT.withWalls(open))) {
      Result result =
          executor.run(
              job("user", Examples.instrumented("noop/noop"), Isolation.PROCESS),
              withInput(aTask(), text("x")));

      assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(executor.facts().osSandbox()).isFalse();
    }
  }
}
