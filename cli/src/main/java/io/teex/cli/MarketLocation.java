package io.teex.cli;

import io.teex.sdk.FileOrderRecords;
import io.teex.sdk.Market;
import io.teex.sdk.MarketFile;
import io.teex.sdk.OrderRecords;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which market a command works on. */
final class MarketLocation {
  @Option(
      names = "--market",
      paramLabel = "DIR",
      description = "The market's directory (default: $TEEX_MARKET, or .teex/dev here).")
  private @Nullable Path chosen;

  Path directory() {
    if (chosen != null) {
      return chosen.toAbsolutePath();
    }
    String environment = System.getenv("TEEX_MARKET");
    if (environment != null) {
      return Path.of(environment).toAbsolutePath();
    }
    return Path.of(System.getProperty("teex.home", System.getProperty("user.dir")), ".teex", "dev")
        .toAbsolutePath();
  }

  /** What this client signed in this market, beside the market's file. */
  OrderRecords records(MarketFile market) {
    return new FileOrderRecords(directory().resolve("orders"), market.addresses().domain());
  }

  /** The market, for who orders: what she signs is kept. */
  Market connect() {
    MarketFile market = marketFile();
    return Market.connect(market, records(market));
  }

  MarketFile marketFile() {
    return MarketFile.read(directory().resolve("market.json"));
  }
}
