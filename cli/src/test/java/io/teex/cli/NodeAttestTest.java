package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Deployment;
import io.teex.chain.QuoteContracts;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import io.teex.rpc.node.QuoteFile;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Posting a manager's quote, with genuine collateral where it is at hand. */
final class NodeAttestTest {
  private static final Path CASE =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"),
          "tdx/near-mpc-dstack-b0c06f000000");

  @TempDir private Path directory;
  private Anvil anvil;
  private ChainClient chain;
  private Addresses addresses;

  @BeforeEach
  void start() throws IOException {
    anvil = Anvil.start(binary(), 0, Optional.empty());
    chain = ChainClient.connect(anvil.endpoint());
    addresses = deploy(true);
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

  /** The market that the market file tells of from now on. */
  private Addresses deploy(boolean needsQuotes) throws IOException {
    Deployment.Terms terms = Deployment.Terms.development(Duration.ofHours(1));
    Addresses deployed =
        Deployment.deploy(
            new TransactionSender(chain, Account.GOVERNANCE.key()),
            needsQuotes
                ? terms.withManagerQuotes(
                    new Deployment.ManagerQuotes.Needed(
                        Duration.ofDays(7), QuoteContracts.INTEL_ROOT))
                : terms);
    MarketFile market =
        new MarketFile(
            ChainEndpoints.of(anvil.endpoint()),
            deployed,
            "127.0.0.1:1",
            List.of(new MarketFile.DispatcherEntry(Account.BOB.address(), "127.0.0.1:2")),
            URI.create("http://127.0.0.1:3"),
            Files.writeString(directory.resolve("policy.json"), Policy.strict().toJson()));
    Files.writeString(directory.resolve("market.json"), market.toJson());
    return deployed;
  }

  /** A manager whose platform gives these bytes for a quote, whatever it is asked for. */
  private void writeQuote(Bytes quote, long block) {
    EvidenceSource source =
        new EvidenceSource() {
          @Override
          public TeeKind kind() {
            return TeeKind.TDX;
          }

          @Override
          public Endorsed endorsed(ReportData reportData) {
            return Endorsed.bare(new Evidence(TeeKind.TDX, quote));
          }
        };
    QuoteFile.of(
            source,
            Account.CAROL.address(),
            addresses.chainId(),
            addresses.managerAttestation(),
            block,
            chain.head().hash())
        .write(directory);
  }

  private Cli attest(String... more) {
    return Cli.run(
        Stream.concat(
                Stream.of("node", "attest", directory.toString(), "--market", directory.toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  @Test
  void postsWhatIsMissingOnceAndSaysWhyAnotherPartysQuoteIsRefused() throws IOException {
    assumeTrue(Files.isDirectory(CASE), "SKIPPED: no attestation vectors in " + CASE);
    JsonNode expected = JsonMapper.shared().readTree(CASE.resolve("expected.json"));
    Instant time = Instant.parse(expected.at("/evaluations/0/time").asString());
    chain.development("evm_setTime", BigInteger.valueOf(time.toEpochMilli()));
    writeQuote(Bytes.of(Files.readAllBytes(CASE.resolve("quote.bin"))), chain.blockNumber() - 1);
    String collateral = CASE.resolve("collateral.json").toString();

    Cli first = attest("--collateral", collateral);
    long after = chain.blockNumber();
    Cli second = attest("--collateral", collateral);

    assertThat(first.exitCode()).as(first.err()).isEqualTo(11);
    assertThat(first.err())
        .contains(
            "the root's revocation list: posted, ",
            "the authority's revocation list: posted, ",
            "the TCB information: posted, ",
            "the QE identity: posted, ",
            "the platform's certificates: posted, ",
            "ReportDataMismatch",
            "post what the manager of this market wrote last");
    assertThat(second.exitCode()).isEqualTo(11);
    assertThat(second.err())
        .contains(
            "the TCB information: there already, 0 gas",
            "the platform's certificates: there already, 0 gas")
        .doesNotContain("posted");
    assertThat(chain.blockNumber()).as("nothing is sent twice").isEqualTo(after);
  }

  @Test
  void nothingIsSentForAQuoteThatIsOldOrForAnotherMarket() throws IOException {
    writeQuote(Bytes.of(new byte[64]), 0);
    chain.development("anvil_mine", "0x100");
    long before = chain.blockNumber();

    Cli old = attest();
    writeQuote(Bytes.of(new byte[64]), before);
    Cli damaged = attest("--json");
    deploy(true);
    Cli others = attest();

    assertThat(old.exitCode()).isEqualTo(2);
    assertThat(old.err()).contains("the quote carries block 0", "every 12 minutes");
    assertThat(damaged.exitCode()).isEqualTo(11);
    assertThat(damaged.err()).contains("QuoteVersionUnsupported");
    assertThat(others.exitCode()).isEqualTo(2);
    assertThat(others.err()).contains("name the market of this manager");
  }

  @Test
  void saysWhereThereIsNothingToPost() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    deploy(false);
    writeQuote(Bytes.of(new byte[64]), chain.blockNumber());

    Cli notAsked = attest();
    Cli noQuote = Cli.run("node", "attest", empty.toString(), "--market", directory.toString());

    assertThat(notAsked.exitCode()).isEqualTo(2);
    assertThat(notAsked.err()).contains("asks managers for no quotes");
    assertThat(noQuote.exitCode()).isEqualTo(2);
    assertThat(noQuote.err()).contains("quote.json cannot be read: a manager writes it");
  }
}
