package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official WebAssembly core test suite (2.0, as JSON scripts with binary modules). Every module
 * of the accepted subset does the same with and without meters; none of the invalid ones is
 * accepted. Needs the suite: {@code TEEX_WASM_SPEC} names its archive or the directory of it.
 */
final class CoreSuiteTest {
  private static final HostInterface SPECTEST =
      new HostInterface()
          .allow("spectest", ":", "print")
          .allow("spectest", "i:", "print_i32")
          .allow("spectest", "I:", "print_i64")
          .allow("spectest", "f:", "print_f32")
          .allow("spectest", "F:", "print_f64")
          .allow("spectest", "if:", "print_i32_f32")
          .allow("spectest", "FF:", "print_f64_f64")
          .allow("a", ":i", "ef0", "ef1", "ef2", "ef3", "ef4");

  @TempDir Path directory;

  @Test
  void behavesTheSameWithAndWithoutMeters() throws Exception {
    Path suite = unpack(requireArchive());
    Path instrumented = Files.createDirectory(directory.resolve("instrumented"));

    instrumentAll(suite, instrumented);
    List<String> report = replay(suite, instrumented);

    System.out.println("WebAssembly core suite: " + String.join(", ", report));
    assertThat(report).noneMatch(line -> line.startsWith("FAILED"));
    Map<String, Integer> counts =
        report.stream()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(words -> words[0], words -> Integer.valueOf(words[1])));
    assertThat(counts.get("compared")).isGreaterThan(40_000);
    assertThat(counts.get("accepted")).isGreaterThan(1_400);
  }

  /** The same on Endive's interpreter, for what it can run: no vectors. */
  @Test
  void behavesTheSameOnTheInterpreter() throws Exception {
    Path suite = unpack(requireArchive());
    List<String> lines = Node.run("core-suite-lines.js", "", suite.toString()).lines().toList();

    CoreSuiteReplay replay = new CoreSuiteReplay(suite, SPECTEST);
    lines.forEach(replay::step);

    System.out.println("WebAssembly core suite on Endive: " + replay.counts());
    assertThat(replay.differences()).isEmpty();
    assertThat(replay.compared()).isGreaterThan(15_000);
  }

  private static Path requireArchive() {
    String named = System.getenv("TEEX_WASM_SPEC");
    Path place = Path.of(named == null ? "" : named);
    Path archive = Files.isDirectory(place) ? place.resolve("core-2.0.tar.gz") : place;
    assumeTrue(Files.isRegularFile(archive), "TEEX_WASM_SPEC names no WebAssembly core suite");
    return archive;
  }

  private Path unpack(Path archive) throws IOException, InterruptedException {
    Path suite = Files.createDirectory(directory.resolve("suite"));
    untar(archive, suite);
    return suite;
  }

  private static void instrumentAll(Path suite, Path instrumented) throws IOException {
    InstrumentOptions options = new InstrumentOptions(65_536, 8 << 20);
    try (Stream<Path> files = Files.list(suite)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".wasm")).toList()) {
        try {
          WasmModule module = ImageCheck.readAny(Files.readAllBytes(file), SPECTEST);
          byte[] wasm = Instrumenter.instrument(module, options).module().expose();
          Files.write(instrumented.resolve(file.getFileName()), wasm);
        } catch (TeexException refused) {
          Path refusal = instrumented.resolve(file.getFileName() + ".refused");
          Files.writeString(refusal, refused.code().name());
        }
      }
    }
  }

  private static List<String> replay(Path suite, Path instrumented)
      throws IOException, InterruptedException {
    return Node.run("core-suite.js", "", suite.toString(), instrumented.toString())
        .lines()
        .toList();
  }

  private static void untar(Path archive, Path target) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "tar", "xzf", archive.toString(), "-C", target.toString(), "--strip-components=1")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).as("tar of " + archive).isZero();
  }
}
