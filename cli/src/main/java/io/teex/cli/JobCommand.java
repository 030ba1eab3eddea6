package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Amount;
import io.teex.protocol.TaskId;
import io.teex.sdk.MarketFile;
import io.teex.sdk.Requests;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex job}: orders that were placed on chain, the money behind them, and replays. */
@Command(
    name = "job",
    mixinStandardHelpOptions = true,
    description = "Tasks that were ordered: on chain with `run --on-chain`, or anywhere (replay).",
    synopsisSubcommandLabel = "(show | reclaim | replay)",
    subcommands = ReplayJobCommand.class,
    footer = {"", "Example: ./teex job show 0x1f…"})
final class JobCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: show, reclaim or replay");
  }

  @Command(mixinStandardHelpOptions = true, description = "What became of an order on chain.")
  int show(
      @Parameters(
              paramLabel = "TASK",
              converter = Hexes.Task.class,
              description = "The task's id, as `run` told it.")
          TaskId task,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    MarketFile market = location.marketFile();
    try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
      Settlement.Request request = new Requests(chain, market.addresses()).require(task);
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("task", task.toString());
      json.put("user", request.user().toString());
      json.put("state", request.state().name().toLowerCase(Locale.ROOT));
      json.put("escrow", request.escrow().toString());
      json.put("reclaimableAt", Instant.ofEpochSecond(request.reclaimableAt()).toString());
      Table table = new Table("what", task.toString());
      json.forEach(table::row);
      output.result(json, table.toString());
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Takes the money back of an order that nobody served, after its deadline and the delay.",
        "It needs the chain and nobody else. Anybody may send it; the money is the user's."
      },
      footer = {"", "Example: ./teex job reclaim 0x1f… --as alice"})
  int reclaim(
      @Parameters(
              paramLabel = "TASK",
              converter = Hexes.Task.class,
              description = "The task's id, as `run` told it.")
          TaskId task,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.ALICE)) {
      MarketFile market = location.marketFile();
      try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
        Amount back =
            new Requests(chain, market.addresses())
                .reclaim(new TransactionSender(chain, signer), task);
        output.result(
            Map.of("task", task.toString(), "reclaimed", back.toString()),
            "%s of task %s are in its user's free balance again.".formatted(back, task));
        return 0;
      }
    }
  }
}
