package io.teex.attestation.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Evidence that real hardware made, with what is known about it. It is kept outside of the project,
 * where {@code TEEX_VECTORS} says, else beside it; tests that need it are skipped where it is not.
 */
public final class VectorCase {
  private static final Path ROOT =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"));

  private final Path directory;
  private final Map<String, Object> expected;

  private VectorCase(Path directory) {
    this.directory = directory;
    this.expected = Json.object(Json.parse(file("expected.json")));
  }

  /** Every case of a family ({@code snp}, {@code nitro}, {@code tdx}), sorted by name. */
  public static List<VectorCase> all(String family) {
    requirePresent();
    try (Stream<Path> directories = Files.list(ROOT.resolve(family))) {
      return directories.sorted().map(VectorCase::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static VectorCase of(String path) {
    requirePresent();
    return new VectorCase(ROOT.resolve(path));
  }

  /** Whether there is any genuine evidence. */
  public static boolean isPresent() {
    return Files.isDirectory(ROOT);
  }

  private static void requirePresent() {
    assumeTrue(isPresent(), () -> "no genuine evidence in " + ROOT + " (see TEEX_VECTORS)");
  }

  public boolean has(String name) {
    return Files.exists(directory.resolve(name));
  }

  public Bytes file(String name) {
    try {
      return Bytes.of(Files.readAllBytes(directory.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is known about the case: {@code expected.json}. */
  public Map<String, Object> expected() {
    return expected;
  }

  public Map<String, Object> expected(String key) {
    return Json.object(expected.get(key));
  }

  /** Whether the strict policy accepts it at {@link #time}. */
  public boolean isAccepted() {
    return Objects.equals(expected.get("strict_verdict"), "accept");
  }

  public TimeInterval time() {
    return TimeInterval.at(Instant.parse(String.valueOf(expected.get("verify_time"))));
  }

  @Override
  public String toString() {
    return ROOT.relativize(directory).toString();
  }
}
