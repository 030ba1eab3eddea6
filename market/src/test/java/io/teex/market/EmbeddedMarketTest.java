package io.teex.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything is started. */
class EmbeddedMarketTest {
  @TempDir private Path directory;

  private static void assertUsage(String what, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(what);
  }

  @Test
  void namesADirectoryThatCannotHoldAMarket() throws IOException {
    Files.createDirectories(directory.resolve("dist/roles"));
    Path inAFile = Files.writeString(directory.resolve("file"), "").resolve("market");

    assertUsage(
        "no market can be kept in " + inAFile,
        () ->
            EmbeddedMarket.start(
                new Installation(directory), MarketOptions.temporary(inAFile), Progress.silent()));
  }

  @Test
  void saysHowToGetWhatWasNotBuilt() {
    assertThatThrownBy(() -> new Installation(directory))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEPENDENCY_MISSING))
        .hasMessageContaining("run ./teex setup");
  }

  @Test
  void refusesTooFewAndTooManyWorkers() {
    MarketOptions options = MarketOptions.temporary(directory);

    assertUsage("workers: seen 0, expected 1 to 16", () -> options.withWorkers(0));
    assertUsage("workers: seen 17, expected 1 to 16", () -> options.withWorkers(17));
  }

  @Test
  void namesAFileThatDoesNotSayWhatRuns() throws IOException {
    Files.writeString(directory.resolve("processes.json"), "[");

    assertUsage("processes.json", () -> EmbeddedMarket.running(directory));
  }
}
