package io.teex.cli;

import io.teex.sdk.MarketFile;
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

  MarketFile marketFile() {
    return MarketFile.read(directory().resolve("market.json"));
  }
}
