package io.teex.cli;

import io.teex.attestation.Collateral;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.cli.attest.CollateralOptions;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.node.QuoteFile;
import io.teex.sdk.MarketFile;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex node}: what those do who answer for nodes. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "Answers for nodes that everybody has to trust.",
    synopsisSubcommandLabel =
        "(show | operate | attest | abandon | bond | stake | platform | workers)",
    subcommands = {PlatformCommand.class, StakeCommand.class, WorkersCommand.class},
    footer = {"", "Example: ./teex node show .teex/dev/dispatcher/data"})
final class NodeCommand implements Runnable {
  private static final String ACCEPTED = "accepted";

  /** Of so many blocks the chain knows the hash. */
  private static final int BLOCKS_KNOWN = 256;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: show, operate, attest, abandon, bond, stake, platform or workers");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "What a node says of itself, and whether its operator answers for it.",
      footer = {"", "Example: ./teex node show .teex/dev/dispatcher/data"})
  int show(
      @Parameters(paramLabel = "DATA_DIR", description = "The node's data directory.") Path data,
      @Mixin NodeProof proof,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    NodeFile node = NodeFile.read(data);
    MarketFile market = location.marketFile();
    String evidence;
    try {
      proof.require(node, market);
      evidence = ACCEPTED;
    } catch (TeexException e) {
      evidence = "refused: " + e.getMessage();
    }
    try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
      show(node, evidence, new EnclaveRegistry(chain, market.addresses()), output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Signs, as the operator of its platform, that a node is yours, and sends that.",
        "It takes effect after the registry's trust delay. A key has one operator for ever.",
        "The node's evidence has to show that it is what it says, and accepted in its role: who"
            + " could write into its directory gains nothing."
      },
      footer = {
        "",
        "Example: ./teex node operate .teex/dev/dispatcher/data --as dispatcher-operator"
      })
  int operate(
      @Parameters(paramLabel = "DATA_DIR", description = "The node's data directory.") Path data,
      @Option(
              names = "--offline",
              description =
                  "Sign without a look at the evidence, on the word of whoever wrote the directory.")
          boolean offline,
      @Mixin NodeProof proof,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    NodeFile node = NodeFile.read(data);
    MarketFile market = location.marketFile();
    if (offline) {
      output.step("NOT VERIFIED: you sign what the host of %s says".formatted(data));
    } else {
      proof.require(node, market);
    }
    try (TransactionSigner signer = account.signer(Account.DISPATCHER_OPERATOR);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      EnclaveRegistry registry = new EnclaveRegistry(chain, market.addresses());
      registry.operate(
          new TransactionSender(chain, signer),
          signer.sign(
              market.addresses().domain(),
              new NodeOperation(node.role(), node.address(), node.platform())));
      show(node, offline ? "not looked at" : ACCEPTED, registry, output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Posts a manager's quote to the chain, in a market that asks managers for quotes.",
        "Of the platform's collateral, posts first what the chain does not have or has older. It",
        "comes from --collateral, or else from where market.json says. Anybody may do this."
      },
      footer = {
        "",
        "Example: ./teex node attest /srv/teex/manager --collateral collateral.json --key-file payer.key"
      })
  int attest(
      @Parameters(paramLabel = "DATA_DIR", description = "The manager's data directory.") Path data,
      @Mixin CollateralOptions collateral,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    QuoteFile quote = QuoteFile.read(data);
    MarketFile market = location.marketFile();
    requireAskedFor(quote, market);
    try (TransactionSigner signer = account.signer(Account.DISPATCHER_OPERATOR);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      market.addresses().requireChain(chain);
      requireRecent(quote, chain);
      AttestNode attest =
          new AttestNode(
              chain,
              new TransactionSender(chain, signer),
              quote,
              collateral.readOr(() -> supplied(quote, market, output)),
              output::step);
      List<AttestNode.Step> steps = attest.run();
      show(quote, steps, Instant.ofEpochSecond(attest.until()), output);
      return 0;
    }
  }

  private static void requireAskedFor(QuoteFile quote, MarketFile market) {
    Addresses addresses = market.addresses();
    if (addresses.managerAttestation().isZero()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "this market's registry asks managers for no quotes: there is nothing to post");
    }
    if (quote.chainId() != addresses.chainId()
        || !quote.contract().equals(addresses.managerAttestation())) {
      throw new TeexException(
          ErrorCode.USAGE,
          "the quote is for contract %s on chain %d, this market's is %s on chain %d: name the market of this manager with --market"
              .formatted(
                  quote.contract(),
                  quote.chainId(),
                  addresses.managerAttestation(),
                  addresses.chainId()));
    }
  }

  /** Before collateral is paid for. */
  private static void requireRecent(QuoteFile quote, ChainClient chain) {
    long newest = chain.blockNumber();
    if (quote.block() > newest || newest - quote.block() >= BLOCKS_KNOWN) {
      throw new TeexException(
          ErrorCode.USAGE,
          "the quote carries block %d, the chain is at %d and knows the last %d: a manager that runs writes a new quote every 12 minutes"
              .formatted(quote.block(), newest, BLOCKS_KNOWN));
    }
  }

  private static Collateral supplied(QuoteFile quote, MarketFile market, Output output) {
    try (CollateralCache cache =
        CollateralCache.open(
            market.collateralConfig(), InstantSource.system(), new SecureRandom())) {
      return AttestNode.supplied(cache, quote, output::step);
    }
  }

  private static void show(
      QuoteFile quote, List<AttestNode.Step> steps, Instant until, Output output) {
    Table table = new Table("what", "outcome", "gas");
    List<Map<String, Object>> json = new ArrayList<>();
    for (AttestNode.Step step : steps) {
      table.row(step.what(), step.outcome().words(), step.gas());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("what", step.what());
      entry.put("outcome", step.outcome().name());
      entry.put("gas", step.gas());
      json.add(entry);
    }
    long gas = steps.stream().mapToLong(AttestNode.Step::gas).sum();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("key", quote.key().toString());
    result.put("until", until.toString());
    result.put("gas", gas);
    result.put("steps", json);
    output.result(
        result,
        "%s%n%n%d gas. Manager %s is attested until %s.".formatted(table, gas, quote.key(), until));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Answers for a node no more, at once and for ever.",
      footer = {
        "",
        "Example: ./teex node abandon 0x90F79bf6EB2c4f870365E785982E1f101E93b906 --key-file operator.key"
      })
  int abandon(
      @Parameters(
              paramLabel = "ADDRESS",
              converter = Hexes.Account.class,
              description = "The account of the node's signing key.")
          Address node,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.DISPATCHER_OPERATOR)) {
      MarketFile market = location.marketFile();
      try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
        new EnclaveRegistry(chain, market.addresses())
            .abandon(new TransactionSender(chain, signer), node);
      }
      output.result(
          Map.of("address", node.toString(), "abandoned", true),
          "Nobody answers for %s any more.".formatted(node));
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Bonds tokens of yours for a node. A dispatcher settles only within its stake, and loses it",
        "for batches that it cannot justify. A worker is let in with the stake that the market asks",
        "for, and loses it if it signs two receipts for one attempt; its key is a new one each time",
        "that it starts."
      },
      footer = {
        "",
        "Example: ./teex node bond 0x90F79bf6EB2c4f870365E785982E1f101E93b906 1000000 --key-file operator.key"
      })
  int bond(
      @Parameters(
              paramLabel = "ADDRESS",
              converter = Hexes.Account.class,
              description = "The account of the node's signing key.")
          Address node,
      @Parameters(paramLabel = "AMOUNT", converter = Amounts.class, description = "Base units.")
          Amount amount,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.DISPATCHER_OPERATOR);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      TransactionSender staker = new TransactionSender(chain, signer);
      Stakes stakes = new Stakes(chain, market.addresses());
      new Token(chain, market.addresses()).approve(staker, stakes.address(), amount);
      stakes.bond(staker, node, amount);
      Amount bonded = stakes.bonded(node);
      output.result(
          Map.of("address", node.toString(), "bonded", bonded.toString()),
          "%s is bonded for %s.".formatted(bonded, node));
      return 0;
    }
  }

  private static void show(
      NodeFile node, String evidence, EnclaveRegistry registry, Output output) {
    Address operator = registry.platform(node.platform()).operator();
    boolean operated =
        registry.isOperated(node.address(), node.role())
            && registry.operation(node.address()).platform().equals(node.platform());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("role", node.role().name());
    json.put("address", node.address().toString());
    json.put("platform", node.platform().toString());
    if (!operator.isZero()) {
      json.put("platformOperator", operator.toString());
    }
    json.put("evidence", evidence);
    json.put("operated", operated);
    output.result(
        json,
        "%s %s%n  platform %s, %s%n  evidence %s%n  %s"
            .formatted(
                node.role(),
                node.address(),
                node.platform(),
                operator.isZero() ? "listed for nobody" : "listed for " + operator,
                evidence,
                operated
                    ? "its operator answers for it"
                    : "nobody answers for it now (teex node operate)"));
  }
}
