package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.sdk.MarketFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex node platform}: which machines governance gave to whom. */
@Command(
    name = "platform",
    mixinStandardHelpOptions = true,
    description = "Shows or says who operates which machine.",
    synopsisSubcommandLabel = "(list | set)",
    footer = {"", "Example: ./teex node platform list"})
final class PlatformCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: list or set");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lists the machines that have an operator, and since when that holds.",
      footer = {"", "Example: ./teex node platform list --json"})
  int list(@Mixin MarketLocation location, @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
      EnclaveRegistry registry = new EnclaveRegistry(chain, market.addresses());
      Table table = new Table("platform", "operator", "from");
      List<Map<String, Object>> json = new ArrayList<>();
      registry
          .platforms(0, chain.blockNumber())
          .forEach((platform, listed) -> {
            Instant from = Instant.ofEpochSecond(listed.from());
            table.row(platform, listed.operator(), from);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("platform", platform.toString());
            entry.put("operator", listed.operator().toString());
            entry.put("from", from.toString());
            json.add(entry);
          });
      output.result(json, table.toString());
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Gives a machine to an operator after the trust delay; governance only.",
        "The zero address takes it away at once, with everything that runs there."
      },
      footer = {
        "",
        "Example: ./teex node platform set 0x5f…e1 0x976EA74026E726554dB657fA54763abd0C3a0aa9"
            + " --as governance"
      })
  int set(
      @Parameters(
              paramLabel = "PLATFORM",
              converter = Hexes.Hash.class,
              description = "As teex node show says it.")
          Bytes32 platform,
      @Parameters(
              paramLabel = "OPERATOR",
              converter = Hexes.Account.class,
              description = "The account that will answer for its nodes.")
          Address operator,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (TransactionSigner signer = account.signer(Account.GOVERNANCE);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      EnclaveRegistry registry = new EnclaveRegistry(chain, market.addresses());
      registry.setPlatform(new TransactionSender(chain, signer), platform, operator);
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("platform", platform.toString());
      json.put("operator", operator.toString());
      json.put("from", Instant.ofEpochSecond(registry.platform(platform).from()).toString());
      output.result(
          json,
          operator.isZero()
              ? "Platform %s is taken away.".formatted(platform)
              : "Platform %s is %s's from %s on.".formatted(platform, operator, json.get("from")));
      return 0;
    }
  }
}
