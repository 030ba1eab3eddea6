package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.market.EmbeddedMarket;
import io.teex.protocol.Bytes32;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The main job, run as a person runs it. */
class DemoTest {
  @TempDir private Path directory;

  @Test
  void theWholeJourneyHoldsWhatTheReadmePromises() throws IOException, InterruptedException {
    TeexCommand.Ended demo =
        TeexCommand.run("demo", "--json", "--keep", "--directory", directory.toString());
    try {
      assertThat(demo.err()).doesNotContain("INTERNAL");
      assertThat(demo.exitCode()).isZero();
      JsonNode report = demo.json();
      assertThat(report.get("tasksSettled").asInt()).isGreaterThanOrEqualTo(200);
      assertThat(report.get("transactions").size()).isBetween(1, 4);
      assertThat(report.get("gasPerTask").asInt()).isBetween(1, 5_000);
      assertThat(report.get("accuracy").asDouble()).isGreaterThanOrEqualTo(0.9);
      assertThat(report.get("moneyConserved").asBoolean()).isTrue();
      assertThat(report.get("latencyMs").get("p50").asDouble()).isPositive();
      assertThat(report.get("secondsToFirstAnswer").asDouble()).isPositive();
      assertThat(report.get("leaks").isEmpty()).isTrue();
      assertThat(report.get("unread").isEmpty()).isTrue();
      assertThat(report.get("labels").valueStream().map(JsonNode::asString))
          .contains("SIMULATED", "UNVERIFIED CHAIN", "ROLLBACK-UNPROTECTED");
      assertSeen(report.get("seen"));
      report
          .get("earned")
          .properties()
          .forEach(payee -> assertThat(payee.getValue().asLong()).as(payee.getKey()).isPositive());
      assertRecomputable(report);
    } finally {
      EmbeddedMarket.stop(directory);
    }
    assertThat(EmbeddedMarket.running(directory)).isEmpty();
  }

  private static void assertSeen(JsonNode seen) {
    for (String blind : List.of("host", "wire", "chain", "blobs", "teeds", "dispatcher")) {
      assertThat(kinds(seen, blind)).as(blind).isEmpty();
    }
    assertThat(Set.of("image")).as("manager").containsAll(kinds(seen, "manager"));
    // The search is shown to find what is there: workers do hold what they work on.
    assertThat(kinds(seen, "worker-1")).isNotEmpty();
    for (String party : List.of("worker-1", "worker-2")) {
      assertThat(Set.of("image", "data", "input")).as(party).containsAll(kinds(seen, party));
    }
  }

  private static Set<String> kinds(JsonNode seen, String party) {
    assertThat(seen.has(party)).as(party).isTrue();
    Set<String> kinds = new TreeSet<>();
    seen.get(party).forEach(kind -> kinds.add(kind.asString()));
    return kinds;
  }

  /** Anybody can recompute the figures from the chain that was kept. */
  private static void assertRecomputable(JsonNode report) {
    JsonNode market = report.get("market");
    try (ChainClient chain = ChainClient.connect(URI.create(market.get("rpc").asString()))) {
      Addresses addresses =
          Addresses.read(Path.of(market.get("directory").asString(), "chain.json"));
      List<Settlement.Settled> batches =
          new Settlement(chain, addresses).batches(0, chain.blockNumber());
      int settled = batches.stream().mapToInt(Settlement.Settled::count).sum();
      long gas =
          batches.stream()
              .map(Settlement.Settled::transaction)
              .map(Bytes32::toString)
              .distinct()
              .mapToLong(hash -> chain.receipt(Bytes32.fromHex(hash)).orElseThrow().gasUsed())
              .sum();
      assertThat(settled).isEqualTo(report.get("tasksSettled").asInt());
      assertThat(gas / settled).isEqualTo(report.get("gasPerTask").asLong());
    }
  }

  @Test
  void aPlantedLeakFailsTheDemo() throws IOException, InterruptedException {
    Path home = directory.resolve("market");

    TeexCommand.Ended demo =
        TeexCommand.run(
            "demo", "--json", "--tasks", "10", "--plant-leak", "--directory", home.toString());

    assertThat(demo.exitCode()).isEqualTo(13);
    assertThat(demo.err()).startsWith("LEAK_FOUND").contains("dispatcher");
    assertThat(demo.json().get("leaks").has("dispatcher")).isTrue();
    assertThat(demo.json().get("leaks").has("host")).isTrue();
    TeexCommand.assertNothingLeftIn(home);
  }

  @Test
  void interruptedItLeavesNothingBehind() throws IOException, InterruptedException {
    Path home = directory.resolve("market");
    Process demo =
        TeexCommand.start(
            Map.of(),
            directory.resolve("out"),
            directory.resolve("err"),
            "demo",
            "--directory",
            home.toString());
    List<ProcessHandle> children = awaitChildren(demo);
    new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();

    assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle child : children) {
      child.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
    TeexCommand.assertNothingLeftIn(home);
    assertThat(Files.readString(directory.resolve("err"))).doesNotContain("\tat ", "INTERNAL");
  }

  @Test
  void killedItLeavesNoProcessBehind() throws IOException, InterruptedException {
    Process demo =
        TeexCommand.start(
            Map.of(),
            directory.resolve("out"),
            directory.resolve("err"),
            "demo",
            "--directory",
            directory.resolve("market").toString());
    List<ProcessHandle> children = awaitChildren(demo);
    demo.destroyForcibly();

    for (ProcessHandle child : children) {
      child.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }
    assertThat(demo.waitFor()).isNotZero();
  }

  /** Until the manager, the first role in a TEE, is a process. */
  private static List<ProcessHandle> awaitChildren(Process demo) throws InterruptedException {
    while (demo.isAlive()) {
      List<ProcessHandle> children = demo.descendants().toList();
      if (children.size() >= 5) {
        return children;
      }
      demo.waitFor(20, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("the demo ended early with " + demo.exitValue());
  }
}
