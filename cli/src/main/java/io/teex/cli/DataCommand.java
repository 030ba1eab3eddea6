package io.teex.cli;

import io.teex.chain.ServiceMarket;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetId;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ServiceId;
import io.teex.protocol.SideChannels;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.sdk.DataProvider;
import io.teex.sdk.LicenceTerms;
import io.teex.sdk.Listed;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.StoredDataset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

/** {@code teex data}: what Data Providers do. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = "Licenses data; it leaves this machine sealed.",
    synopsisSubcommandLabel = "(publish | revoke | allow-replay)")
final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: publish, revoke or allow-replay");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Seals a file and lists it, licensed to the latest image of some services.",
      footer = {
        "",
        "Example: ./teex data publish digits.bin --service 1 --price 250 --uses 1000 --days 30"
      })
  int publish(
      @Parameters(paramLabel = "FILE", description = "The data.") Path file,
      @Option(
              names = "--service",
              required = true,
              paramLabel = "ID",
              converter = Ids.OfService.class,
              description = "Whose image may see the data; may be repeated.")
          List<ServiceId> services,
      @Option(names = "--name", defaultValue = "data", description = "What people will look for.")
          String name,
      @Option(
              names = "--price",
              converter = Amounts.class,
              defaultValue = "250",
              description = "Base units for each use (default ${DEFAULT-VALUE}).")
          Amount price,
      @Option(
              names = "--uses",
              converter = Numbers.Uses.class,
              defaultValue = "1000",
              description = "How many uses in all (default ${DEFAULT-VALUE}).")
          long uses,
      @Option(
              names = "--days",
              converter = Numbers.Days.class,
              defaultValue = "30",
              description = "How long it holds (default ${DEFAULT-VALUE}).")
          int days,
      @Option(names = "--purpose", defaultValue = "", description = "What orders must state.")
          String purpose,
      @Option(
              names = "--max-output",
              converter = Numbers.OutputBytes.class,
              defaultValue = "4096",
              description = "Bytes that each task may put out (default ${DEFAULT-VALUE}).")
          long maxOutput,
      @Mixin RangeOption range,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (FileSource source = FileSource.open(file)) {
      ChunkRange licensed = range.within(source.size());
      try (TransactionSigner signer = account.signer(Account.DATA_PROVIDER);
          Market market = Market.connect(location.marketFile())) {
        Instant now = Instant.now();
        LicenceTerms terms =
            new LicenceTerms(
                services.stream().map(service -> latestImage(market, service)).toList(),
                List.of(),
                purpose,
                price,
                uses,
                now.minus(Duration.ofMinutes(5)),
                now.plus(Duration.ofDays(days)),
                maxOutput,
                Math.multiplyExact(maxOutput + SideChannels.TASK_BYTES, uses));
        output.step("sealing and registering " + file.getFileName());
        DataProvider provider = market.dataProvider(signer);
        Listed listed;
        try (StoredDataset stored = provider.store(source, range.chunkBytes())) {
          listed = provider.publish(stored, licensed, terms, Metadata.named(name));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dataset", listed.dataset().value());
        json.put("licenceDigest", listed.licenceDigest().toString());
        json.put("dataDigest", listed.dataDigest().toString());
        output.result(
            json,
            "Data set %s is listed for %d uses until %s.%n  licence %s"
                .formatted(listed.dataset().value(), uses, terms.expiry(), listed.licenceDigest()));
        return 0;
      }
    }
  }

  private static Bytes32 latestImage(Market market, ServiceId id) {
    ServiceMarket services = new ServiceMarket(market.chain(), market.addresses());
    return services
        .service(id)
        .flatMap(found -> services.version(id, found.latestVersion()))
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.UNKNOWN_SERVICE,
                "there is no service %s; ./teex service list shows what there is".formatted(id)))
        .imageDigest();
  }

  @Command(
      name = "allow-replay",
      mixinStandardHelpOptions = true,
      description = {
        "Lets a task that used your data be executed again, so that its user can check its receipt.",
        "Another worker will see the data; no use is taken. Give the file to the user."
      },
      footer = {"", "Example: ./teex data allow-replay 0x7c… 0x1f… --output leave.bin"})
  int allowReplay(
      @Parameters(
              paramLabel = "LICENCE",
              converter = Hexes.Hash.class,
              description = "The licence's digest, as `publish` told it.")
          Bytes32 licence,
      @Parameters(
              paramLabel = "TASK",
              converter = Hexes.Task.class,
              description = "The task's id, as its user tells it.")
          TaskId task,
      @Option(
              names = "--days",
              converter = Numbers.Days.class,
              defaultValue = "7",
              description = "How long it holds (default ${DEFAULT-VALUE}).")
          int days,
      @Option(
              names = "--output",
              required = true,
              paramLabel = "FILE",
              description = "Where the leave goes.")
          Path target,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    OutputFile.requireWritable(target);
    Instant until = Instant.now().plus(Duration.ofDays(days));
    ReplayLeave leave = new ReplayLeave(licence, task, until.getEpochSecond());
    try (TransactionSigner signer = account.signer(Account.DATA_PROVIDER)) {
      OutputFile.write(
          target, signer.sign(location.marketFile().addresses().domain(), leave).encode());
    }
    output.result(
        Map.of(
            "licence", licence.toString(),
            "task", task.toString(),
            "until", until.toString(),
            "file", target.toString()),
        "Task %s may be replayed over data under licence %s until %s, with %s."
            .formatted(task, licence, until, target));
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Ends every licence of a data set, from the next release on.",
      footer = {"", "Example: ./teex data revoke 1"})
  int revoke(
      @Parameters(
              paramLabel = "ID",
              converter = Ids.OfDataset.class,
              description = "The number of the data set.")
          DatasetId id,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    try (TransactionSigner signer = account.signer(Account.DATA_PROVIDER);
        Market market = Market.connect(location.marketFile())) {
      List<Bytes32> revoked = market.dataProvider(signer).revoke(id);
      output.result(
          Map.of("revoked", revoked.stream().map(Bytes32::toString).toList()),
          "Revoked %d licence%s of data set %s."
              .formatted(revoked.size(), revoked.size() == 1 ? "" : "s", id));
      return 0;
    }
  }
}
