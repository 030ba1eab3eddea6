package io.teex.chain;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.SigningKey;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A fresh chain with a deployed market, for one test class. */
final class EmbeddedChain implements AutoCloseable {
  static final Duration WITHDRAW_DELAY = Duration.ofHours(2);

  final URI endpoint;
  final ChainClient client;
  final TransactionSender governance;
  final Addresses addresses;

  private final AutoCloseable process;

  private EmbeddedChain(NodeKind.Running running, ChainClient client) {
    this.endpoint = running.endpoint();
    this.process = running.process();
    this.client = client;
    this.governance = sender(DevAccounts.key(0));
    this.addresses = Deployment.deploy(governance, Deployment.Terms.development(WITHDRAW_DELAY));
  }

  static EmbeddedChain start() {
    return start(NodeKind.ANVIL);
  }

  static EmbeddedChain start(NodeKind kind) {
    NodeKind.Running running = kind.start();
    return new EmbeddedChain(running, ChainClient.connect(running.endpoint()));
  }

  /** Skips the test, visibly, where the npm packages are not installed. */
  static Path binary() {
    Path nodeModules = nodeModules();
    Path binary = nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil");
    assumeTrue(
        Files.isExecutable(binary),
        "SKIPPED: anvil is not in %s; run 'npm ci' in the root of the repository"
            .formatted(nodeModules));
    return Anvil.binary(nodeModules);
  }

  private static Path nodeModules() {
    String given = System.getProperty("TEEX_NODE_MODULES", System.getenv("TEEX_NODE_MODULES"));
    return given == null ? Path.of("..", "node_modules").toAbsolutePath() : Path.of(given);
  }

  TransactionSender sender(SigningKey key) {
    return new TransactionSender(client, key);
  }

  Token token() {
    return new Token(client, addresses);
  }

  EnclaveRegistry registry() {
    return new EnclaveRegistry(client, addresses);
  }

  ServiceMarket services() {
    return new ServiceMarket(client, addresses);
  }

  DataMarket data() {
    return new DataMarket(client, addresses);
  }

  Settlement settlement() {
    return new Settlement(client, addresses);
  }

  Stakes stakes() {
    return new Stakes(client, addresses);
  }

  /** Bonds tokens of governance for a node. */
  void bond(Address node, Amount amount) {
    Stakes stakes = stakes();
    fund(governance.address(), amount);
    token().approve(governance, stakes.address(), amount);
    stakes.bond(governance, node, amount);
  }

  /** Seconds since the epoch, as the chain has it. */
  long now() {
    return client.head().time();
  }

  /** Gives an account tokens. */
  void fund(Address account, Amount amount) {
    token().mint(governance, account, amount);
  }

  /** Moves the chain's clock on and makes a block. */
  void pass(Duration time) {
    client.development("evm_increaseTime", BigInteger.valueOf(time.toSeconds()));
    client.development("evm_mine");
  }

  @Override
  public void close() {
    client.close();
    try {
      process.close();
    } catch (Exception e) {
      throw new IllegalStateException("the chain does not end", e);
    }
  }
}
