package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Policy;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.attestation.collateral.SyntheticService;
import io.teex.attestation.intel.IntelCollateral;
import io.teex.attestation.intel.SyntheticPlatform;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Deployment;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.ManagerAttestation;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.rpc.node.QuoteFile;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager on a platform whose maker the chain trusts, from its quote to its place in the
 * registry: what nobody can do with genuine evidence, which vouches for other people's keys.
 */
final class SyntheticManagerTest {
  private static final Address MANAGER = Account.CAROL.address();

  @TempDir private Path directory;
  private final SyntheticPlatform platform = new SyntheticPlatform();
  private final Bytes measurement = platform.measurement().value();
  private Anvil anvil;
  private ChainClient chain;
  private Addresses addresses;
  private EnclaveRegistry registry;

  @BeforeEach
  void start() throws IOException {
    anvil = Anvil.start(binary(), 0, Optional.empty());
    chain = ChainClient.connect(anvil.endpoint());
    chain.development("evm_setTime", BigInteger.valueOf(SyntheticPlatform.NOW.toEpochMilli()));
    deploy(platform.rootKey());
    writeMarket("");
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

  private TransactionSender as(Account account) {
    return new TransactionSender(chain, account.key());
  }

  /** A market that trusts this root, and has all but the quote of its manager. */
  private void deploy(Bytes root) {
    addresses =
        Deployment.deploy(
            as(Account.GOVERNANCE),
            Deployment.Terms.development(Duration.ofHours(1))
                .withManagerQuotes(new Deployment.ManagerQuotes.Needed(Duration.ofDays(7), root)));
    registry = new EnclaveRegistry(chain, addresses);
    registry.setMeasurement(as(Account.GOVERNANCE), Role.MANAGER, measurement, true);
    registry.setPlatform(as(Account.GOVERNANCE), platform.id(), Account.BOB.address());
    registry.operate(
        as(Account.BOB),
        Account.BOB
            .key()
            .sign(addresses.domain(), new NodeOperation(Role.MANAGER, MANAGER, platform.id())));
    registry.setManager(as(Account.GOVERNANCE), MANAGER, 1, true);
  }

  /**
   * @param service where collateral comes from; empty for nowhere
   */
  private void writeMarket(String service) throws IOException {
    MarketFile market =
        new MarketFile(
            ChainEndpoints.of(anvil.endpoint()),
            addresses,
            "127.0.0.1:1",
            List.of(new MarketFile.DispatcherEntry(Account.BOB.address(), "127.0.0.1:2")),
            URI.create("http://127.0.0.1:3"),
            Files.writeString(directory.resolve("policy.json"), Policy.strict().toJson()),
            service.isEmpty() ? Map.of() : Map.of("intel", service),
            Map.of());
    Files.writeString(directory.resolve("market.json"), market.toJson());
  }

  private QuoteFile writeQuote() {
    return writeQuote(MANAGER);
  }

  private QuoteFile writeQuote(Address key) {
    ChainClient.Block block = chain.head();
    QuoteFile quote =
        QuoteFile.of(
            platform,
            key,
            addresses.chainId(),
            addresses.managerAttestation(),
            block.number(),
            block.hash());
    quote.write(directory);
    chain.development("evm_mine");
    return quote;
  }

  private Cli attest(String... more) {
    return Cli.run(
        Stream.concat(
                Stream.of("node", "attest", directory.toString(), "--market", directory.toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private Cli attestWithItsCollateral() throws IOException {
    Path file = directory.resolve("collateral.json");
    Files.writeString(file, CollateralFile.write(platform.collateral()));
    return attest("--collateral", file.toString());
  }

  private boolean isAttested() {
    boolean attested =
        new ManagerAttestation(chain, addresses.managerAttestation()).isAttested(MANAGER);
    assertThat(registry.isManager(MANAGER, 1)).isEqualTo(attested);
    return attested;
  }

  @Test
  void aQuoteMakesAKeyAManagers() throws IOException {
    writeQuote();
    assertThat(isAttested()).isFalse();

    Cli first = attestWithItsCollateral();
    Cli again = attestWithItsCollateral();

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.err())
        .contains("the TCB information: posted, ", "the manager's quote: posted, ");
    assertThat(first.out()).contains("Manager %s is attested until 2026-03-08T".formatted(MANAGER));
    assertThat(isAttested()).isTrue();
    assertThat(again.exitCode()).isEqualTo(11);
    assertThat(again.err())
        .contains("QuoteNotNewer", "a quote over this block or a later one is there already");

    // A newer quote takes its place, by the documents that are there.
    writeQuote();
    Cli newer = attestWithItsCollateral();
    assertThat(newer.exitCode()).as(newer.err()).isZero();
    assertThat(newer.err())
        .contains("the QE identity: there already, 0 gas", "the manager's quote: posted, ");
  }

  /** Over HTTP, as from PCCS, each document judged before it is paid for. */
  @Test
  void collateralComesFromAService() throws IOException {
    QuoteFile quote = writeQuote();
    List<String> told = new ArrayList<>();
    try (SyntheticService service =
            SyntheticService.serving(quote.evidence(), platform.collateral());
        CollateralCache cache = service.cache(platform.judge(), SyntheticPlatform.NOW)) {
      AttestNode attest =
          new AttestNode(
              chain,
              as(Account.ALICE),
              quote,
              AttestNode.supplied(cache, quote, told::add),
              told::add);

      assertThat(attest.run())
          .extracting(AttestNode.Step::outcome)
          .containsOnly(AttestNode.Outcome.POSTED);
      assertThat(attest.until()).isEqualTo(chain.head().time() + Duration.ofDays(7).toSeconds());
      assertThat(service.requests()).hasSize(4);
    }
    assertThat(told).noneMatch(line -> line.contains("service"));
    assertThat(isAttested()).isTrue();
  }

  /** As the command asks it, which believes nothing that does not lead up to Intel's own root. */
  @Test
  void aServiceThatMakesDocumentsUpIsToldOf() throws IOException {
    QuoteFile quote = writeQuote();
    List<String> told = new ArrayList<>();
    try (SyntheticService service =
            SyntheticService.serving(quote.evidence(), platform.collateral());
        CollateralCache cache = service.cache(new IntelCollateral(), SyntheticPlatform.NOW)) {
      AttestNode attest =
          new AttestNode(
              chain,
              as(Account.ALICE),
              quote,
              AttestNode.supplied(cache, quote, told::add),
              told::add);

      assertThatThrownBy(attest::run)
          .hasMessageContaining("RevocationListMissing(")
          .hasMessageContaining("post it, revocation lists first");
    }
    assertThat(told)
        .anyMatch(line ->
            line.startsWith(
                "not from the collateral service: root-ca-crl: collateral-signature-invalid ("))
        .contains("the root's revocation list: not given, 0 gas");
    assertThat(isAttested()).isFalse();
  }

  @Test
  void aServiceThatIsAwayIsToldOf() throws IOException {
    writeQuote();
    writeMarket("http://127.0.0.1:1");

    Cli refused = attest();

    assertThat(refused.exitCode()).isEqualTo(11);
    assertThat(refused.err())
        .contains(
            "not from the collateral service: root-ca-crl: crl-missing (http://127.0.0.1:1/",
            "RevocationListMissing");
  }

  @Test
  void documentsThatAreOverAreRefused() throws IOException {
    platform.letTcbInfoExpire();
    writeQuote();

    Cli refused = attestWithItsCollateral();

    assertThat(refused.exitCode()).isEqualTo(11);
    assertThat(refused.err())
        .contains(
            "posting TCB information: DocumentNotCurrent(from 2025-09-02T12:00:00Z, to 2026-03-01T11:59:00Z",
            "time 2026-03-01T12:",
            "fetch the collateral of the platform anew and post it")
        .doesNotContain("the TCB information: posted");
    assertThat(isAttested()).isFalse();
  }

  @Test
  void documentsOfAnotherMakerAreRefused() throws IOException {
    deploy(new SyntheticPlatform().rootKey());
    writeMarket("");
    writeQuote();

    Cli refused = attestWithItsCollateral();

    assertThat(refused.exitCode()).isEqualTo(11);
    assertThat(refused.err())
        .contains(
            "posting the root's revocation list: RevocationListNotSigned(",
            "it is damaged or not of Intel's making");
    assertThat(isAttested()).isFalse();
  }

  @Test
  void aPlatformThatItsMakerRevokedIsRefused() throws IOException {
    platform.revoke();
    writeQuote();

    Cli refused = attestWithItsCollateral();

    assertThat(refused.exitCode()).isEqualTo(11);
    assertThat(refused.err()).contains("CertificateRevoked(", "do not use this platform any more");
    assertThat(isAttested()).isFalse();
  }

  @Test
  void aPlatformThatIsNotUpToDateIsRefused() throws IOException {
    platform.fallBehind();
    writeQuote();

    Cli refused = attestWithItsCollateral();

    assertThat(refused.exitCode()).isEqualTo(11);
    assertThat(refused.err())
        .contains("TcbStatusNotAccepted(", "update the platform's firmware", "UpToDate");
    assertThat(isAttested()).isFalse();
  }

  @Test
  void aKeyOfNobodysAndCodeThatIsNotAcceptedAreRefused() throws IOException {
    registry.setMeasurement(as(Account.GOVERNANCE), Role.MANAGER, measurement, false);
    writeQuote();
    Cli otherCode = attestWithItsCollateral();
    registry.setMeasurement(as(Account.GOVERNANCE), Role.MANAGER, measurement, true);
    writeQuote(Account.ALICE.address());
    Cli nobodys = attestWithItsCollateral();

    assertThat(otherCode.err())
        .contains("MeasurementNotAccepted(", "governance has to accept this measurement");
    assertThat(nobodys.exitCode()).isEqualTo(11);
    assertThat(nobodys.err()).contains("PlatformNotOfOperator(", "teex node operate");
    assertThat(isAttested()).isFalse();
  }

  /** What counts once counts until it is over, and no longer. */
  @Test
  void aQuoteEndsByItself() throws IOException {
    writeQuote();
    assertThat(attestWithItsCollateral().exitCode()).isZero();
    Instant over = Instant.ofEpochSecond(chain.head().time()).plus(Duration.ofDays(7));

    chain.development("evm_setNextBlockTimestamp", over.plusSeconds(1).getEpochSecond());
    chain.development("evm_mine");

    assertThat(isAttested()).isFalse();
  }
}
