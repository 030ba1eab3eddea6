package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Deployment;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.ManagerAttestation;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deploying from the command line, to a node that knows nothing of us. */
final class ChainCommandTest {
  @TempDir private Path directory;
  private Anvil anvil;
  private ChainClient chain;
  private Addresses other;

  @BeforeEach
  void start() {
    anvil = Anvil.start(binary(), 0, Optional.empty());
    chain = ChainClient.connect(anvil.endpoint());
    other =
        Deployment.deploy(
            new TransactionSender(chain, Account.GOVERNANCE.key()),
            Deployment.Terms.development(Duration.ofHours(1)));
  }

  @AfterEach
  void stop() {
    if (anvil != null) {
      chain.close();
      anvil.close();
    }
  }

  /** Skips the test, visibly, where the npm packages are not installed. */
  private static Path binary() {
    String given = System.getProperty("TEEX_NODE_MODULES", System.getenv("TEEX_NODE_MODULES"));
    Path nodeModules =
        given == null ? Path.of("..", "node_modules").toAbsolutePath() : Path.of(given);
    assumeTrue(
        Files.isExecutable(nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil")),
        "SKIPPED: anvil is not in %s; run 'npm ci' in the root of the repository"
            .formatted(nodeModules));
    return Anvil.binary(nodeModules);
  }

  private Path terms(Address token) throws IOException {
    return Files.writeString(
        directory.resolve("terms.json"),
        """
        {"token": "%s", "governance": "%s", "withdrawDelay": "PT2H", "trustDelay": "P2D",
         "period": "P1D", "window": "PT8H", "answerTime": "PT8H", "grace": "PT1H",
         "unbondingTime": "P7D", "bond": "1000000", "rewardMax": "1000000",
         "managerQuoteLife": "P7D"}
        """
            .formatted(token, Account.ALICE.address()));
  }

  private Cli deploy(Path terms, String... more) {
    List<String> words =
        List.of(
            "chain",
            "deploy",
            "--rpc",
            anvil.endpoint().toString(),
            "--terms",
            terms.toString(),
            "--output",
            directory.resolve("market").toString());
    return Cli.run(Stream.concat(words.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  void deploysAMarketAndWritesWhereItIsAndWhatItWasMadeOf() throws IOException {
    Cli deployed = deploy(terms(other.token()), "--as", "bob", "--json");

    assertThat(deployed.exitCode()).as(deployed.err()).isZero();
    Addresses addresses = Addresses.read(directory.resolve("market/addresses.json"));
    assertThat(addresses.token()).isEqualTo(other.token());
    assertThat(addresses.requireChain(chain).registry()).isNotEqualTo(other.registry());
    assertThat(new ManagerAttestation(chain, addresses.managerAttestation()).life())
        .isEqualTo(Duration.ofDays(7));
    new EnclaveRegistry(chain, addresses)
        .setPlatform(
            new TransactionSender(chain, Account.ALICE.key()),
            Bytes32.ZERO,
            Account.ALICE.address());
    assertThat((List<?>) deployed.json("contracts")).hasSize(12);
    Path verification = directory.resolve("market/verification");
    JsonNode index = JsonMapper.shared().readTree(verification.resolve("contracts.json"));
    for (JsonNode contract : index.get("contracts")) {
      Map<?, ?> input =
          JsonMapper.shared()
              .readValue(verification.resolve(contract.get("input").asString()), Map.class);
      assertThat(input.get("language")).isEqualTo("Solidity");
      assertThat(chain.code(Address.fromHex(contract.get("address").asString())).isEmpty())
          .isFalse();
    }

    Cli again = deploy(terms(other.token()), "--as", "bob");

    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("addresses.json is there already");
  }

  @Test
  void nothingIsSentForWhatCannotBeRight() throws IOException {
    long before = chain.blockNumber();

    Cli noToken = deploy(terms(Account.CAROL.address()), "--as", "bob");
    Cli nobody = deploy(terms(other.token()));
    Cli noTerms = deploy(directory.resolve("nowhere.json"), "--as", "bob");

    assertThat(noToken.exitCode()).isEqualTo(2);
    assertThat(noToken.err()).contains("no contract at", "expected an ERC-20 token");
    assertThat(nobody.exitCode()).isEqualTo(2);
    assertThat(nobody.err()).contains("say who pays: --key-file");
    assertThat(noTerms.exitCode()).isEqualTo(2);
    assertThat(noTerms.err()).contains("nowhere.json");
    assertThat(chain.blockNumber()).isEqualTo(before);
  }
}
