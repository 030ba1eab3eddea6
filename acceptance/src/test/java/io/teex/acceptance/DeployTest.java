package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Deployment;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.market.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code teex chain deploy}, killed without a word whenever it has got something into a block. */
class DeployTest {
  private static final int CONTRACTS = 12;

  @TempDir private Path directory;

  @Test
  void aDeploymentThatIsKilledAgainAndAgainIsCompletedOnce() throws Exception {
    Path nodeModules = Installation.current().home().resolve("node_modules");
    try (Anvil anvil = Anvil.start(Anvil.binary(nodeModules), 0, Optional.empty());
        ChainClient chain = ChainClient.connect(anvil.endpoint())) {
      Addresses other =
          Deployment.deploy(
              new TransactionSender(chain, Account.GOVERNANCE.key()),
              Deployment.Terms.development(Duration.ofHours(1)));
      Path terms = terms(other);
      long before = chain.blockNumber();
      int kills = 0;

      Process run = deploy(anvil, terms);
      long seen = before;
      while (run.isAlive()) {
        long now = chain.blockNumber();
        if (now > seen && now < before + CONTRACTS) {
          run.destroyForcibly().waitFor();
          kills++;
          // It may have got more into blocks before it died.
          seen = chain.blockNumber();
          run = deploy(anvil, terms);
        }
      }

      assertThat(run.waitFor()).as(Files.readString(directory.resolve("err"))).isZero();
      assertThat(kills).isPositive();
      // Each block holds one transaction, and nobody else sends any.
      assertThat(chain.blockNumber()).isEqualTo(before + CONTRACTS);
      Addresses deployed = Addresses.read(directory.resolve("market/addresses.json"));
      assertThat(deployed.requireChain(chain).token()).isEqualTo(other.token());
      assertThat(chain.code(deployed.data()).isEmpty()).isFalse();
    }
  }

  private Process deploy(Anvil anvil, Path terms) throws IOException {
    return TeexCommand.start(
        Map.of(),
        directory.resolve("out"),
        directory.resolve("err"),
        "chain",
        "deploy",
        "--rpc",
        anvil.endpoint().toString(),
        "--terms",
        terms.toString(),
        "--output",
        directory.resolve("market").toString(),
        "--as",
        "bob");
  }

  private Path terms(Addresses other) throws IOException {
    return Files.writeString(
        directory.resolve("terms.json"),
        """
        {"token": "%s", "governance": "%s", "withdrawDelay": "PT2H", "trustDelay": "P2D",
         "period": "P1D", "window": "PT8H", "answerTime": "PT8H", "grace": "PT1H",
         "unbondingTime": "P7D", "bond": "1000000", "rewardMax": "1000000",
         "managerQuoteLife": "P7D"}
        """
            .formatted(other.token(), Account.ALICE.address()));
  }
}
