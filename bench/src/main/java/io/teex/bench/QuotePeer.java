package io.teex.bench;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * The npm package {@code @phala/dcap-qvl-web}: the verifier of Phala's dstack, Rust as WebAssembly,
 * in a Node process. It verifies all of the collateral every time and remembers nothing.
 */
final class QuotePeer {
  static final String NAME = "@phala/dcap-qvl-web 0.3.3 (WebAssembly in Node)";
  private static final String SCRIPT = "quote-peer.mjs";

  private final Path home;

  /**
   * @param home the directory that holds {@code node_modules/}
   */
  QuotePeer(Path home) {
    this.home = home;
  }

  /** The microseconds of each of {@code count} runs, after as many as it takes to warm up. */
  List<Double> micros(Path quote, Path collateral, Instant time, int warmUp, int count)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("teex-bench-", ".mjs");
    try (InputStream in = QuotePeer.class.getResourceAsStream(SCRIPT)) {
      Files.write(script, Objects.requireNonNull(in, SCRIPT).readAllBytes());
      Process process =
          new ProcessBuilder(
                  "node",
                  script.toString(),
                  quote.toAbsolutePath().toString(),
                  collateral.toAbsolutePath().toString(),
                  Long.toString(time.getEpochSecond()),
                  Integer.toString(warmUp),
                  Integer.toString(count))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new TeexException(
            ErrorCode.DEPENDENCY_MISSING,
            "the peer %s does not run, ./teex setup fetches it: %s"
                .formatted(NAME, said.strip().lines().findFirst().orElse("no word from it")));
      }
      return micros(said);
    } finally {
      Files.delete(script);
    }
  }

  private static List<Double> micros(String said) {
    Answer answer = JsonMapper.shared().readValue(said, Answer.class);
    if (!answer.status().equals("UpToDate")) {
      throw new IllegalStateException(
          "the peer says that the quote is %s".formatted(answer.status()));
    }
    return answer.micros();
  }

  /** What the script prints. */
  private record Answer(String status, List<Double> micros) {}
}
