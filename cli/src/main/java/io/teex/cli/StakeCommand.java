package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Stakes;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.sdk.MarketFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex node stake}: what nodes have to lose, and how to get it back. */
@Command(
    name = "stake",
    mixinStandardHelpOptions = true,
    description = "Shows a node's stake, takes yours back, or says what workers need.",
    synopsisSubcommandLabel = "(show | unbond | withdraw | require)",
    footer = {"", "Example: ./teex node stake show 0x90F79bf6EB2c4f870365E785982E1f101E93b906"})
final class StakeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: show, unbond, withdraw or require");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "What is bonded for a node, what of it is yours, and what workers need.")
  int show(
      @Parameters(
              paramLabel = "ADDRESS",
              converter = Hexes.Account.class,
              description = "The account of the node's signing key.")
          Address node,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.WORKER_OWNER_1);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      show(chain, market, node, signer.address(), output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Begins to take some of your stake out of a node. It counts no longer, and can be lost until",
        "you withdraw it, when the unbonding time is over."
      },
      footer = {
        "",
        "Example: ./teex node stake unbond 0x90F79bf6EB2c4f870365E785982E1f101E93b906 1000000 --as worker-owner-1"
      })
  int unbond(
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
    try (TransactionSigner signer = account.signer(Account.WORKER_OWNER_1);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      new Stakes(chain, market.addresses())
          .unbond(new TransactionSender(chain, signer), node, amount);
      show(chain, market, node, signer.address(), output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Pays out what you unbonded long enough ago, less what the node lost.")
  int withdraw(
      @Parameters(
              paramLabel = "ADDRESS",
              converter = Hexes.Account.class,
              description = "The account of the node's signing key.")
          Address node,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.WORKER_OWNER_1);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      new Stakes(chain, market.addresses()).withdraw(new TransactionSender(chain, signer), node);
      show(chain, market, node, signer.address(), output);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Says, as governance, what has to be bonded for a worker: more at once, less after the",
        "registry's trust delay. Workers with less are leased nothing from then on, so announce it."
      },
      footer = {"", "Example: ./teex node stake require 1000000 --as governance"})
  int require(
      @Parameters(paramLabel = "AMOUNT", converter = Amounts.class, description = "Base units.")
          Amount amount,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.GOVERNANCE);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      EnclaveRegistry registry = new EnclaveRegistry(chain, market.addresses());
      registry.setMinimumStake(new TransactionSender(chain, signer), amount);
      Amount now = registry.minimumStake();
      output.result(
          Map.of("asked", amount.toString(), "minimum", now.toString()),
          now.equals(amount)
              ? "A worker needs a stake of %s now.".formatted(now)
              : "A worker needs a stake of %s now, and of %s after the trust delay."
                  .formatted(now, amount));
      return 0;
    }
  }

  private static void show(
      ChainClient chain, MarketFile market, Address node, Address staker, Output output) {
    Stakes stakes = new Stakes(chain, market.addresses());
    Stakes.Stake own = stakes.stake(node, staker);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bonded", stakes.bonded(node).toString());
    json.put("own", own.bonded().toString());
    json.put("leaving", own.leaving().toString());
    if (own.withdrawableAt() != 0) {
      json.put("withdrawableAt", Instant.ofEpochSecond(own.withdrawableAt()).toString());
    }
    json.put("minimum", new EnclaveRegistry(chain, market.addresses()).minimumStake().toString());
    Table table = new Table("what", node.toString());
    json.forEach(table::row);
    output.result(json, table.toString());
  }
}
