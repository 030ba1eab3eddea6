package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.web.SealedCaller;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a process, seen from outside of it. */
final class NodeMainTest {
  private static final int SECONDS_MAX = 60;

  @TempDir Path directory;
  private @Nullable Process process;

  /** A store that says yes to everybody and can be told to fail. */
  static final class TestMain {
    private record Settings(NodeSettings node, String failure) {}

    public static void main(String[] arguments) {
      NodeMain.run(
          "test",
          arguments,
          config -> new Settings(NodeSettings.from(config), config.text("failure", "")),
          TestMain::start);
    }

    private static RunningNode start(Settings settings) throws InterruptedException {
      switch (settings.failure()) {
        case "known" -> throw new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "no chain");
        case "waits" -> {
          new CountDownLatch(1).await();
        }
        case "unknown" -> throw new IllegalStateException("did not foresee this");
        default -> {}
      }
      SecureRandom random = new SecureRandom();
      NodeIdentity identity =
          settings.node().identity(Role.STORE, TestMain.class, InstantSource.system(), random);
      if (settings.failure().equals("nobody answers")) {
        Path word = settings.node().data().resolve("operated");
        UntilOperated.inRealTime().enrol(identity, () -> requireWord(word));
      }
      AttestedServer server =
          AttestedServer.as(identity, Policy.refuseAll())
              .listen(settings.node().listen())
              .service(new StoreGrpc.StoreImplBase() {}, Access.none().anybody("Status"))
              .start();
      return new Running(identity, server);
    }

    private static boolean requireWord(Path word) {
      if (!Files.exists(word)) {
        throw new TeexException(ErrorCode.NODE_NOT_OPERATED, "nobody answers for it");
      }
      return true;
    }

    private record Running(NodeIdentity identity, AttestedServer server) implements RunningNode {
      @Override
      public void close() {
        server.close();
        System.err.println("closed");
      }
    }
  }

  private Process start(String... lines) throws Exception {
    Path file = directory.resolve("node.properties");
    Files.writeString(file, String.join("\n", lines));
    return start(List.of(file.toString()));
  }

  private Process start(List<String> arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TestMain.class.getName()));
    command.addAll(arguments);
    Process started =
        new ProcessBuilder(command).redirectError(directory.resolve("stderr").toFile()).start();
    process = started;
    return started;
  }

  private String[] settings(String... more) {
    List<String> lines = new java.util.ArrayList<>(List.of(more));
    lines.add("data=" + directory.resolve("data"));
    lines.add("platform=" + directory.resolve("platform"));
    return lines.toArray(String[]::new);
  }

  private String stderr() throws Exception {
    return Files.readString(directory.resolve("stderr"));
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void saysThatItIsReadyAndStopsOnSigterm() throws Exception {
    Process node = start(settings());
    BufferedReader out = node.inputReader(StandardCharsets.UTF_8);

    String ready = out.readLine();
    node.toHandle().destroy(); // Process.destroy would close the pipes, too.

    assertThat(ready)
        .matches(
            "\\{\"ready\":\"test\",\"port\":[1-9][0-9]*,\"address\":\"0x[0-9a-fA-F]{40}\","
                + "\"tlsKeyHash\":\"0x[0-9a-f]{64}\"}");
    assertThat(node.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(out.readLine()).isNull();
    assertThat(stderr()).contains("INFO", "listens on", "closed").doesNotContain("Exception");
  }

  @Test
  void servesCallersOverHttpWhereItIsTold() throws Exception {
    Process node = start(settings("attestation.http=127.0.0.1:0"));
    BufferedReader out = node.inputReader(StandardCharsets.UTF_8);
    Matcher ready = Pattern.compile("\"http\":\"([0-9.:]+)\"").matcher(out.readLine());
    assertThat(ready.find()).isTrue();
    URI uri = URI.create("http://" + ready.group(1));
    SimulatedPlatform platform =
        SimulatedPlatform.open(directory.resolve("platform"), new SecureRandom());
    Policy others = Policy.simulated("other", Set.of(platform.root()), Map.of());

    try (SealedCaller caller = SealedCaller.to(uri, Role.STORE, others).open()) {
      assertThatThrownBy(caller::connect).hasMessageContaining("measurement-not-allowed");
    }
    node.toHandle().destroy();

    assertThat(node.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(stderr()).contains("takes sealed calls on " + uri, "closed");
  }

  @Test
  void aTakenPortForHttpEndsIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEnds(
          start(settings("attestation.http=127.0.0.1:" + taken.getLocalPort())),
          9,
          "PORT_IN_USE: 127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(stderr()).contains("closed");
  }

  @Test
  void stopsWhenItsParentIsGone() throws Exception {
    Process node = start(settings("parent.watch=true"));
    assertThat(node.inputReader(StandardCharsets.UTF_8).readLine()).contains("ready");

    node.getOutputStream().close();

    assertThat(node.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isZero();
    assertThat(stderr()).contains("closed");
  }

  @Test
  void stopsWhenItsParentIsGoneWhileItWaitsForOthers() throws Exception {
    Process node = start(settings("parent.watch=true", "failure=waits"));

    node.getOutputStream().close();

    assertThat(node.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isZero();
  }

  @Test
  void saysWhatItIsBeforeItServes() throws Exception {
    Process node = start(settings());
    String ready = node.inputReader(StandardCharsets.UTF_8).readLine();

    NodeFile said = NodeFile.read(directory.resolve("data"));

    assertThat(said.role()).isEqualTo(Role.STORE);
    assertThat(ready).contains(said.address().toString());
    assertThat(said.platform())
        .isEqualTo(
            NodeOperation.platform(
                SimulatedPlatform.open(directory.resolve("platform"), new SecureRandom()).id()));
  }

  @Test
  void aProcessThatWaitsForItsOperatorSaysWhatItIsAndServesOnceSheAnswered() throws Exception {
    Process node = start(settings("failure=nobody answers"));
    Path data = directory.resolve("data");
    while (!Files.exists(data.resolve(NodeFile.NAME)) || !stderr().contains("waits for")) {
      assertThat(node.isAlive()).isTrue();
    }
    NodeFile said = NodeFile.read(data);

    Files.createFile(data.resolve("operated"));

    assertThat(node.inputReader(StandardCharsets.UTF_8).readLine())
        .contains("ready", said.address().toString());
  }

  @Test
  void failsInOneLineWithTheCodeOfTheFailure() throws Exception {
    assertEnds(start(settings("failure=known")), 10, "teex test: CHAIN_UNAVAILABLE: no chain");
    assertThat(stderr()).doesNotContain("Exception", "\tat ");
  }

  @Test
  void failsWithTheDetailsInTheLogIfNobodyForesawIt() throws Exception {
    assertEnds(start(settings("failure=unknown")), 70, "teex test: INTERNAL: cannot start");
    assertThat(stderr()).contains("IllegalStateException: did not foresee this");
  }

  @Test
  void refusesConfigurationsThatItDoesNotUnderstand() throws Exception {
    assertEnds(start(settings("lisen=x:1")), 2, "unknown key lisen");
    assertEnds(start("listen=127.0.0.1:0"), 2, "data is missing");
    assertEnds(start(List.of()), 2, "expected one argument");
  }

  private void assertEnds(Process node, int exitCode, String message) throws Exception {
    assertThat(node.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isEqualTo(exitCode);
    assertThat(node.inputReader(StandardCharsets.UTF_8).readLine()).isNull();
    assertThat(stderr()).contains(message);
  }
}
