package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Deployment;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.node.UntilOperated;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators and governance at the command line, against the real registry. */
final class NodeCommandTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration WITHDRAW_DELAY = Duration.ofHours(1);
  private static final long PATIENCE_SECONDS = 30;
  private static final Measurement MEASUREMENT = Measurement.of(new byte[Measurement.SIZE]);

  @TempDir private Path directory;
  private Anvil anvil;
  private ChainClient chain;
  private Addresses addresses;
  private EnclaveRegistry registry;
  private SimulatedPlatform machine;
  private Policy policy;
  private NodeSettings settings;
  private NodeIdentity node;

  /** A chain, a market on it, and a dispatcher that has just been started. */
  @BeforeEach
  void start() throws IOException {
    anvil = Anvil.start(binary(), 0, Optional.empty());
    chain = ChainClient.connect(anvil.endpoint());
    addresses =
        Deployment.deploy(
            new TransactionSender(chain, Account.GOVERNANCE.key()),
            Deployment.Terms.development(WITHDRAW_DELAY));
    registry = new EnclaveRegistry(chain, addresses);
    machine =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), CLOCK.instant(), RANDOM);
    policy =
        Policy.simulated(
            "test", Set.of(machine.root()), Map.of(Role.DISPATCHER, Set.of(MEASUREMENT)));
    Path policyFile = Files.writeString(directory.resolve("policy.json"), policy.toJson());
    MarketFile market =
        new MarketFile(
            ChainEndpoints.of(anvil.endpoint()),
            addresses,
            "127.0.0.1:1",
            List.of(
                new MarketFile.DispatcherEntry(
                    Account.DISPATCHER_OPERATOR.address(), "127.0.0.1:2")),
            URI.create("http://127.0.0.1:3"),
            policyFile);
    Files.writeString(directory.resolve("market.json"), market.toJson());
    settings =
        new NodeSettings(
            new Endpoint("127.0.0.1", 0),
            directory.resolve("data"),
            directory.resolve("platform"),
            policy,
            new NodeSettings.Advertised.AsListening());
    node = introduce(machine.tee(MEASUREMENT));
  }

  private NodeIdentity introduce(Tee tee) {
    NodeIdentity introduced =
        NodeIdentity.create(Role.DISPATCHER, tee, SigningKey.generate(RANDOM), CLOCK, RANDOM);
    settings.introduce(introduced);
    return introduced;
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

  @AfterEach
  void stop() {
    if (anvil != null) {
      chain.close();
      anvil.close();
    }
  }

  private Cli command(Object... arguments) {
    return Cli.run(
        Stream.concat(
                Stream.concat(Stream.of("node"), Arrays.stream(arguments).map(String::valueOf)),
                Stream.of("--market", directory.toString()))
            .toArray(String[]::new));
  }

  private void list() {
    assertThat(
            command(
                    "platform",
                    "set",
                    NodeOperation.platform(machine.id()),
                    Account.DISPATCHER_OPERATOR.address())
                .exitCode())
        .isZero();
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** Has the host of the node put an account of his into its file. */
  private void replaceAddress(Address by) throws IOException {
    Path file = data().resolve(NodeFile.NAME);
    Files.writeString(
        file, Files.readString(file).replace(node.address().toString(), by.toString()));
  }

  @Test
  void aNodeThatWaitsIsLetInOnceItsOperatorAnsweredAndOutOnceSheAbandonsIt() throws Exception {
    CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> waiting.complete(UntilOperated.inRealTime().enrol(node, this::requireOperated)));
    list();
    assertThat(waiting.isDone()).isFalse();

    Cli operated = command("operate", data(), "--as", "dispatcher-operator", "--json");

    assertThat(operated.exitCode()).as(operated.err()).isZero();
    assertThat(operated.json("operated")).isEqualTo(true);
    assertThat(operated.json("evidence")).isEqualTo("accepted");
    assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(command("show", data()).out())
        .contains("its operator answers for it", "evidence accepted");

    Cli abandoned = command("abandon", node.address(), "--as", "dispatcher-operator");

    assertThat(abandoned.exitCode()).as(abandoned.err()).isZero();
    assertThat(abandoned.out()).contains("Nobody answers for " + node.address());
    assertThat(command("show", data(), "--json").json("operated")).isEqualTo(false);
  }

  @Test
  void anOperatorBondsForANodeWithTokensOfHerOwn() {
    Address operator = Account.DISPATCHER_OPERATOR.address();
    Token token = new Token(chain, addresses);
    token.mint(new TransactionSender(chain, Account.GOVERNANCE.key()), operator, Amount.of(1_000));

    Cli bonded = command("bond", node.address(), 700, "--as", "dispatcher-operator", "--json");

    assertThat(bonded.exitCode()).as(bonded.err()).isZero();
    assertThat(bonded.json("bonded")).isEqualTo("700");
    assertThat(new Stakes(chain, addresses).bonded(node.address())).isEqualTo(Amount.of(700));
    assertThat(token.balanceOf(operator)).isEqualTo(Amount.of(300));
    assertThat(command("bond", node.address(), 301, "--as", "dispatcher-operator").exitCode())
        .isNotZero();
    assertThat(new Stakes(chain, addresses).bonded(node.address())).isEqualTo(Amount.of(700));
  }

  @Test
  void aWorkersOwnerTakesBackWhatSheBondedAndGovernanceSaysWhatWorkersNeed() {
    Address owner = Account.WORKER_OWNER_1.address();
    Address worker = SigningKey.generate(RANDOM).address();
    Token token = new Token(chain, addresses);
    token.mint(new TransactionSender(chain, Account.GOVERNANCE.key()), owner, Amount.of(1_000));

    assertThat(command("stake", "require", 600, "--as", "governance").out())
        .contains("A worker needs a stake of 600 now.");
    assertThat(command("stake", "require", 600, "--as", "alice").exitCode()).isNotZero();
    assertThat(command("bond", worker, 1_000, "--as", "worker-owner-1").exitCode()).isZero();
    Cli unbonding = command("stake", "unbond", worker, 300, "--as", "worker-owner-1", "--json");
    assertThat(unbonding.exitCode()).as(unbonding.err()).isZero();
    assertThat(unbonding.json("bonded")).isEqualTo("700");
    assertThat(unbonding.json("leaving")).isEqualTo("300");
    assertThat(unbonding.json("minimum")).isEqualTo("600");
    Cli early = command("stake", "withdraw", worker, "--as", "worker-owner-1");
    assertThat(early.exitCode()).isNotZero();
    assertThat(early.err()).contains("NotWithdrawable");

    chain.development("evm_increaseTime", BigInteger.valueOf(Duration.ofDays(1).toSeconds()));
    assertThat(command("stake", "withdraw", worker, "--as", "worker-owner-1").exitCode()).isZero();
    assertThat(token.balanceOf(owner)).isEqualTo(Amount.of(300));
    assertThat(command("stake", "show", worker, "--json").json("own")).isEqualTo("700");
  }

  private boolean requireOperated() {
    if (!registry.isOperated(node.address(), Role.DISPATCHER)) {
      throw new TeexException(ErrorCode.NODE_NOT_OPERATED, "nobody answers for it");
    }
    return true;
  }

  @Test
  void nobodySignsForAKeyThatTheHostPutThere() throws Exception {
    list();
    SigningKey hosts = SigningKey.generate(RANDOM);
    replaceAddress(hosts.address());

    Cli operated = command("operate", data(), "--as", "dispatcher-operator");

    assertThat(operated.exitCode()).isEqualTo(4);
    assertThat(operated.err()).contains("ATTESTATION_REFUSED", "report-data");
    assertThat(registry.isOperated(hosts.address(), Role.DISPATCHER)).isFalse();
    assertThat(command("show", data()).out()).contains("evidence refused: ", "report-data");

    Cli offline = command("operate", data(), "--as", "dispatcher-operator", "--offline");

    assertThat(offline.exitCode()).isZero();
    assertThat(offline.err()).contains("NOT VERIFIED");
    assertThat(offline.out()).contains("evidence not looked at");
    assertThat(registry.isOperated(hosts.address(), Role.DISPATCHER)).isTrue();
  }

  @Test
  void nobodySignsForANodeThatThePolicyDoesNotKnow() {
    list();
    byte[] other = new byte[Measurement.SIZE];
    other[0] = 1;
    introduce(machine.tee(Measurement.of(other)));

    Cli operated = command("operate", data(), "--as", "dispatcher-operator");

    assertThat(operated.exitCode()).isEqualTo(4);
    assertThat(operated.err()).contains("UNKNOWN_MEASUREMENT");
  }

  @Test
  void thePolicyMayBeAnother() throws IOException {
    list();
    Path other =
        Files.writeString(
            directory.resolve("other.json"),
            Policy.simulated(
                    "other", Set.of(machine.root()), Map.of(Role.STORE, Set.of(MEASUREMENT)))
                .toJson());

    Cli operated = command("operate", data(), "--as", "dispatcher-operator", "--policy", other);

    assertThat(operated.exitCode()).isEqualTo(4);
    assertThat(operated.err()).contains("refused by the policy other");
  }

  @Test
  void onlyTheOperatorOfTheMachineSignsForItsNodes() {
    list();

    Cli operated = command("operate", data(), "--as", "alice");

    assertThat(operated.exitCode()).isEqualTo(11);
    assertThat(operated.err()).contains("WrongSigner");
    assertThat(command("abandon", node.address(), "--as", "alice").err()).contains("OperatorOnly");
  }
}
