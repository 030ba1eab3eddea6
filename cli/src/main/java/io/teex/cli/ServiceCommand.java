package io.teex.cli;

import io.teex.chain.ServiceMarket;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Amount;
import io.teex.protocol.Price;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.Published;
import java.nio.file.Path;
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

/** {@code teex service}: what Service Providers do. */
@Command(
    name = "service",
    mixinStandardHelpOptions = true,
    description = "Sells services; their code leaves this machine sealed.",
    synopsisSubcommandLabel = "(publish | list)")
final class ServiceCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: publish or list");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Seals a WebAssembly module, has the manager check it, and lists it on chain.",
      footer = {
        "",
        "Example: ./teex service publish examples/noop/noop.wasm --name echo --price 100 --remuneration 40"
      })
  int publish(
      @Parameters(paramLabel = "WASM", description = "The module.") Path wasm,
      @Option(names = "--name", required = true, description = "What people will look for.")
          String name,
      @Option(names = "--description", defaultValue = "", description = "In a sentence.")
          String description,
      @Option(names = "--input-hint", defaultValue = "", description = "What it takes, in words.")
          String hint,
      @Option(
              names = "--price",
              converter = Amounts.class,
              defaultValue = "1000",
              description = "Base units for each task (default ${DEFAULT-VALUE}).")
          Amount price,
      @Option(
              names = "--per-million-fuel",
              converter = Amounts.class,
              defaultValue = "100",
              description = "Base units for each million of fuel (default ${DEFAULT-VALUE}).")
          Amount perMillionFuel,
      @Option(
              names = "--remuneration",
              converter = Amounts.class,
              defaultValue = "400",
              description = "What the worker gets of the price (default ${DEFAULT-VALUE}).")
          Amount remuneration,
      @Option(
              names = "--remuneration-per-million-fuel",
              converter = Amounts.class,
              defaultValue = "60",
              description = "What the worker gets of the price by fuel (default ${DEFAULT-VALUE}).")
          Amount remunerationPerMillionFuel,
      @Mixin AccountOption account,
      @Mixin MarketLocation location,
      @Mixin Output output) {
    byte[] module = InputFile.read(wasm);
    try (TransactionSigner signer = account.signer(Account.PROVIDER);
        Market market = Market.connect(location.marketFile())) {
      output.step("sealing and registering " + wasm.getFileName());
      Published published =
          market
              .provider(signer)
              .publish(
                  module,
                  new Price(price, perMillionFuel, remuneration, remunerationPerMillionFuel),
                  new Metadata(name, description, hint));
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("service", published.service().value());
      json.put("version", published.version());
      json.put("imageDigest", published.imageDigest().toString());
      json.put("publicKey", published.publicKey().toString());
      output.result(
          json,
          "Service %s is listed.%n  image digest %s%n  Try: ./teex run %s --input FILE"
              .formatted(
                  published.service().value(),
                  published.imageDigest(),
                  published.service().value()));
      return 0;
    }
  }

  @Command(mixinStandardHelpOptions = true, description = "Lists what can be run.")
  int list(@Mixin MarketLocation location, @Mixin Output output) {
    try (Market market = Market.connect(location.marketFile())) {
      ServiceMarket services = new ServiceMarket(market.chain(), market.addresses());
      Table table = new Table("service", "name", "version", "price", "per million fuel", "active");
      List<Map<String, Object>> json = new ArrayList<>();
      for (ServiceMarket.Listed listed : services.listed(0, market.chain().blockNumber())) {
        ServiceMarket.Service service = services.service(listed.id()).orElseThrow();
        ServiceMarket.Version version =
            services.version(listed.id(), service.latestVersion()).orElseThrow();
        Price price = services.price(listed.id(), service.latestPriceVersion()).orElseThrow();
        String name = Names.of(market, version.metadataCid());
        table.row(
            listed.id().value(),
            name,
            service.latestVersion(),
            price.base(),
            price.perMillionFuel(),
            service.active() ? "yes" : "no");
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("service", listed.id().value());
        entry.put("name", name);
        entry.put("version", service.latestVersion());
        entry.put("imageDigest", version.imageDigest().toString());
        entry.put("priceBase", price.base().toString());
        entry.put("pricePerMillionFuel", price.perMillionFuel().toString());
        entry.put("active", service.active());
        json.add(entry);
      }
      output.result(json, table.toString());
      return 0;
    }
  }
}
