package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class AnvilTest {
  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000aa");

  @TempDir private Path directory;

  @Test
  void givesTheDevelopmentAccountsTheirEther() {
    try (Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, Optional.empty());
        ChainClient client = ChainClient.connect(anvil.endpoint())) {
      assertThat(client.chainId()).isEqualTo(Anvil.CHAIN_ID);
      assertThat(DevAccounts.keys()).hasSize(10);
      for (SigningKey key : DevAccounts.keys()) {
        assertThat(client.ether(key.address()))
            .isEqualTo(BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(10_000)));
      }
      assertThat(anvil.notice()).contains("UNVERIFIED CHAIN");
    }
  }

  @Test
  void keepsItsStateOverARestart() {
    Path binary = EmbeddedChain.binary();
    Optional<Path> state = Optional.of(directory.resolve("state.json"));
    long block;
    try (Anvil anvil = Anvil.start(binary, 0, state);
        ChainClient client = ChainClient.connect(anvil.endpoint())) {
      new TransactionSender(client, DevAccounts.key(0)).transfer(SOMEBODY, BigInteger.TEN);
      block = client.blockNumber();
    }

    try (Anvil anvil = Anvil.start(binary, 0, state);
        ChainClient client = ChainClient.connect(anvil.endpoint())) {
      assertThat(client.ether(SOMEBODY)).isEqualTo(BigInteger.TEN);
      assertThat(client.blockNumber()).isEqualTo(block);
    }
  }

  @Test
  void saysWhenItsPortIsTaken() throws IOException {
    Path binary = EmbeddedChain.binary();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> Anvil.start(binary, taken.getLocalPort(), Optional.empty()))
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
    }
  }

  @Test
  void saysWhenItIsNotInstalled() {
    assertThatThrownBy(() -> Anvil.binary(directory))
        .hasMessageContaining("npm ci")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEPENDENCY_MISSING));
  }

  @Test
  void stopsServingWhenClosed() {
    Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, Optional.empty());
    URI endpoint = anvil.endpoint();

    anvil.close();

    assertThat(anvil.isAlive()).isFalse();
    assertThatThrownBy(() -> ChainClient.connect(endpoint))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  /** A parent that is killed closes nothing itself: all that its child sees is its input's end. */
  @Test
  @Timeout(30)
  void endsWhenTheProcessThatStartedItIsKilled() throws Exception {
    EmbeddedChain.binary();
    Process parent =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                AnvilStarter.class.getName(),
                EmbeddedChain.binary().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    URI endpoint = URI.create(parent.inputReader().readLine());
    ProcessHandle anvil =
        parent
            .descendants()
            .filter(process -> process.info().command().orElse("").endsWith("/anvil"))
            .findFirst()
            .orElseThrow();
    ChainClient.connect(endpoint).close();

    parent.destroyForcibly();

    anvil.onExit().join();
    assertThat(anvil.isAlive()).isFalse();
  }
}
