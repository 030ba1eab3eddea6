package io.teex.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleProcessTest {
  @TempDir private Path directory;

  private void assertEnds(String script, ErrorCode code, String message) {
    try (RoleProcess role =
        RoleProcess.startForeign("worker-1", List.of("sh", "-c", script), directory, true)) {
      assertThatThrownBy(role::awaitReady)
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
          .hasMessage(message);
    }
  }

  @Test
  void saysWhyARoleCannotStartInTheRolesOwnWords() {
    assertEnds(
        "echo INFO begins >&2; echo 'teex worker: SANDBOX_MISSING: no bwrap: install it' >&2; exit 9",
        ErrorCode.SANDBOX_MISSING,
        "worker-1: no bwrap: install it");
  }

  @Test
  void showsTheLogOfARoleThatDiesWithoutAWord() {
    assertEnds(
        "echo 'teex worker: USAGE: of an earlier start' >&2; echo 'out of memory' >&2; exit 3",
        ErrorCode.UNAVAILABLE,
        """
        worker-1 ended with exit code 3 before it served; its log ends:
        teex worker: USAGE: of an earlier start
        out of memory\
        """);
  }
}
