package io.teex.cli;

import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teex dev}: a market of one's own that stays. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description = "A market on this machine that stays, to try things on. SIMULATED.",
    synopsisSubcommandLabel = "(up | down | reset | status | test)",
    subcommands = DevTestCommand.class,
    footer = {"", "Example: ./teex dev up && ./teex run 1 --input digit.bin"})
final class DevCommand implements Runnable {
  private static final Duration BATCH_WAIT = Duration.ofSeconds(10);
  private static final int BATCH_TASKS = 200;

  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "say what to do: up, down, reset, status or test");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Starts the market, or continues it with everything it kept.",
      footer = {"", "Example: ./teex dev up --workers 2"})
  int up(
      @Mixin MarketLocation location,
      @Option(names = "--workers", defaultValue = "2", description = "How many (default 2).")
          int workers,
      @Option(
              names = "--rpc-port",
              converter = Numbers.Port.class,
              defaultValue = "0",
              description = "Port of the chain's JSON-RPC (default: any that is free).")
          int rpcPort,
      @Option(
              names = "--no-os-sandbox",
              description = "Run executors without bubblewrap. Shown in output and receipts.")
          boolean noOsSandbox,
      @Option(
              names = "--receipts",
              defaultValue = "root",
              description = {
                "What batches show of the receipts that they settle: their root alone (default), all",
                "of them in calldata (some 8,000 gas each), or in a blob (some 220 blob gas each)."
              })
          MarketOptions.Receipts receipts,
      @Mixin Output output) {
    Path directory = location.directory();
    if (!EmbeddedMarket.running(directory).isEmpty()) {
      throw new TeexException(
          ErrorCode.ALREADY_EXISTS,
          "the market in %s runs already: ./teex dev status shows it, ./teex dev down stops it"
              .formatted(directory));
    }
    MarketOptions options =
        MarketOptions.temporary(directory)
            .withWorkers(workers)
            .withDetached(true)
            .withOsSandbox(!noOsSandbox)
            .withBatches(BATCH_TASKS, BATCH_WAIT)
            .withChainPort(rpcPort)
            .withReceipts(receipts);
    EmbeddedMarket.start(Installation.current(), options, output::step);
    describe(location.marketFile(), directory, output);
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Stops the market; what it kept stays.")
  int down(@Mixin MarketLocation location, @Mixin Output output) {
    int stopped = EmbeddedMarket.stop(location.directory());
    output.result(
        Map.of("stopped", stopped),
        stopped == 0
            ? "No market ran."
            : "Stopped %d processes; the data stays.".formatted(stopped));
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Stops the market and forgets everything it kept.")
  int reset(@Mixin MarketLocation location, @Mixin Output output) throws IOException {
    Path directory = location.directory();
    EmbeddedMarket.stop(directory);
    if (Files.exists(directory) && !Files.exists(directory.resolve("ports.json"))) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s does not look like a market (it has no ports.json), so it is left alone"
              .formatted(directory));
    }
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    output.result(Map.of("forgotten", directory.toString()), "Forgot the market in " + directory);
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Says what runs, and where.")
  int status(@Mixin MarketLocation location, @Mixin Output output) {
    List<String> running = EmbeddedMarket.running(location.directory());
    if (running.isEmpty()) {
      output.result(Map.of("running", running), "No market runs in " + location.directory());
      return 0;
    }
    describe(location.marketFile(), location.directory(), output);
    return 0;
  }

  private static void describe(MarketFile market, Path directory, Output output) {
    Map<String, Object> json = new TreeMap<>();
    json.put("directory", directory.toString());
    json.put("running", EmbeddedMarket.running(directory));
    json.put("rpc", market.chainRpc().toString());
    json.put("contracts", Contracts.of(market));
    json.put("http", market.http());
    Map<String, String> accounts = new TreeMap<>();
    for (Account account : Account.values()) {
      accounts.put(account.label(), account.address().toString());
    }
    json.put("accounts", accounts);
    json.put("labels", List.of("SIMULATED", "UNVERIFIED CHAIN", "ROLLBACK-UNPROTECTED"));
    Table table = new Table("what", "where");
    table.row("chain (UNVERIFIED)", market.chainRpc());
    Contracts.of(market).forEach(table::row);
    rows(table, "manager (SIMULATED)", market.manager(), market);
    rows(table, "dispatcher (SIMULATED)", market.dispatchers().getFirst().endpoint(), market);
    table.row("blob store", market.blobs());
    accounts.forEach((name, address) -> table.row("account " + name, address));
    output.result(
        json, "%s%n%nIt runs in %s; ./teex dev down stops it.".formatted(table, directory));
  }

  private static void rows(Table table, String name, String endpoint, MarketFile market) {
    table.row(name, endpoint);
    String http = market.http().get(endpoint);
    if (http != null) {
      table.row(name + " over HTTP", http);
    }
  }
}
