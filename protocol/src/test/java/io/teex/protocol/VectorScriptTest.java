package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed vectors are what the script makes, not what the Java code happens to do. */
class VectorScriptTest {
  private static final Path SCRIPT = Path.of("src/test/js");
  private static final Path COMMITTED = Path.of("src/test/resources/vectors");

  @Test
  void theScriptMakesTheCommittedVectors(@TempDir Path fresh) throws Exception {
    assumeTrue(
        Files.isDirectory(SCRIPT.resolve("node_modules/viem")),
        "SKIPPED: run 'npm ci' in protocol/src/test/js to hold the vectors against viem");

    Process node =
        new ProcessBuilder("node", "vectors.mjs", fresh.toString())
            .directory(SCRIPT.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
    for (String name : new String[] {"typed-data.json", "receipt-tree.json", "sealed.json"}) {
      assertThat(read(fresh.resolve(name))).isEqualTo(read(COMMITTED.resolve(name)));
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
