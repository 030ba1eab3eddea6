package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.EmbeddedMarket;
import io.teex.protocol.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Markets that cannot start: each says why, and leaves nothing running. */
class StartTest {
  @TempDir private Path directory;

  private Path market() {
    return directory.resolve("market");
  }

  private static void assertRefused(ErrorCode code, String words, TeexCommand.Ended ended) {
    assertThat(ended.err()).contains(code + ": ", words).doesNotContain("\tat ", "INTERNAL");
    assertThat(ended.exitCode()).isEqualTo(code.exitCode());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertRefused(
          ErrorCode.PORT_IN_USE,
          "port " + port + " of chain is taken by another program",
          TeexCommand.run("dev", "up", "--market", market().toString(), "--rpc-port", port));
    }
    assertThat(EmbeddedMarket.running(market())).isEmpty();
  }

  @Test
  void aDemoWithoutNodeSaysSoAndLeavesNothing() throws Exception {
    assertRefused(
        ErrorCode.DEPENDENCY_MISSING, "Node.js is missing", demoWithout("node", "nodejs"));
    TeexCommand.assertNothingLeftIn(market());
  }

  @Test
  void aDemoWithoutBubblewrapSaysSoAndLeavesNothing() throws Exception {
    assertRefused(ErrorCode.SANDBOX_MISSING, "apt-get install bubblewrap", demoWithout("bwrap"));
    TeexCommand.assertNothingLeftIn(market());
  }

  private TeexCommand.Ended demoWithout(String... missing)
      throws IOException, InterruptedException {
    Path path = Tools.without(directory.resolve("bin"), missing);
    return TeexCommand.run(
        Map.of("PATH", path.toString()), "demo", "--directory", market().toString());
  }

  /** What it starts is to outlive it, so only it can stop what it has started so far. */
  @Test
  void aMarketThatIsInterruptedWhileItStartsLeavesNothingRunning() throws Exception {
    Path err = directory.resolve("err");
    Process up =
        TeexCommand.start(
            Map.of(), directory.resolve("out"), err, "dev", "up", "--market", market().toString());
    List<ProcessHandle> children = awaitChildren(up);

    new ProcessBuilder("kill", "-INT", Long.toString(up.pid())).start().waitFor();

    assertThat(up.waitFor(30, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle child : children) {
      child.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
    assertThat(EmbeddedMarket.running(market())).isEmpty();
    assertThat(ProcessHandle.allProcesses().flatMap(p -> p.info().commandLine().stream()))
        .noneMatch(command -> command.contains(market().toString()));
    assertThat(Files.readString(err)).doesNotContain("\tat ", "INTERNAL");
  }

  /** Until the chain, the first of all, is a process. */
  private static List<ProcessHandle> awaitChildren(Process up) throws InterruptedException {
    while (up.isAlive()) {
      List<ProcessHandle> children = up.descendants().toList();
      if (!children.isEmpty()) {
        return children;
      }
      up.waitFor(5, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("the market ended early with " + up.exitValue());
  }
}
