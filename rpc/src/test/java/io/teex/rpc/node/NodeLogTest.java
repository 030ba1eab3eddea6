package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class NodeLogTest {

  private static LogRecord event(String message, Object... parameters) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setInstant(Instant.parse("2026-03-01T12:00:00.123456Z"));
    event.setLoggerName("io.teex.rpc.AttestedServer");
    event.setParameters(parameters);
    return event;
  }

  @Test
  void saysWhenHowBadWhereAndWhat() {
    assertThat(NodeLog.line(event("listens on {0}", "h:1")))
        .isEqualTo("2026-03-01T12:00:00.123Z WARNING AttestedServer listens on h:1");
  }

  @Test
  void aPeerCannotForgeASecondLine() {
    assertThat(
            NodeLog.line(event("said {0}", "x\n2026-03-01T12:00:00Z SEVERE all is lost\u001b[0m")))
        .doesNotContain("\n", "\u001b")
        .contains("said x 2026");
  }

  @Test
  void foldsAStackTraceIntoItsLine() {
    LogRecord event = event("failed");
    event.setThrown(new IllegalStateException("outer", new RuntimeException("inner")));

    assertThat(NodeLog.line(event))
        .contains("IllegalStateException: outer", "RuntimeException: inner", "NodeLogTest")
        .doesNotContain("\n", "\t");
  }

  @Test
  void boundsALine() {
    assertThat(NodeLog.line(event("{0}", "x".repeat(100_000)))).hasSizeLessThan(9_000);
  }

  @Test
  void printsPatternsThatAreNone() {
    assertThat(NodeLog.line(event("{\"json\": 1}", "x"))).endsWith("{\"json\": 1}");
  }
}
