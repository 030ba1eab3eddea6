package io.teex.attestation.collateral;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Genuine evidence and collateral, outside of the source tree. Tests that need them are skipped
 * where they are absent.
 */
final class Vectors {
  static final String TDX = "tdx/dcap-qvl-tdx-b0c06f000000";

  private static final Path ROOT =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"));

  private Vectors() {}

  static Path path(String name) {
    assumeTrue(Files.isDirectory(ROOT), "no attestation vectors in " + ROOT.toAbsolutePath());
    return ROOT.resolve(name);
  }

  static Bytes bytes(String name) {
    try {
      return Bytes.of(Files.readAllBytes(path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of this name in the cases below a directory. */
  static List<Path> files(String directory, String name) {
    try (Stream<Path> cases = Files.list(path(directory))) {
      return cases.map(one -> one.resolve(name)).filter(Files::exists).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text field of the case's {@code expected.json}. */
  static Optional<String> expected(Path file, String key) {
    try {
      String json = Files.readString(file.resolveSibling("expected.json"));
      Matcher field = Pattern.compile("\"%s\": \"([^\"]*)\"".formatted(key)).matcher(json);
      return field.find() ? Optional.of(field.group(1)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
