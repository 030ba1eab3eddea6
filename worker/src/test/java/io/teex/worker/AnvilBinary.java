package io.teex.worker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.chain.Anvil;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where anvil is. */
final class AnvilBinary {
  private AnvilBinary() {}

  /** Skips the test, visibly, where the npm packages are not installed. */
  static Path find() {
    String given = System.getProperty("TEEX_NODE_MODULES", System.getenv("TEEX_NODE_MODULES"));
    Path nodeModules =
        given == null ? Path.of("..", "node_modules").toAbsolutePath() : Path.of(given);
    assumeTrue(
        Files.isExecutable(nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil")),
        "SKIPPED: anvil is not in %s; run 'npm ci' in the root of the repository"
            .formatted(nodeModules));
    return Anvil.binary(nodeModules);
  }
}
