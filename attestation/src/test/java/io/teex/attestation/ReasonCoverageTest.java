package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reason that no test produces may be one that no attack is refused for. */
final class ReasonCoverageTest {
  private static final Path TESTS = Path.of("src/test/java");

  /** They name reasons without producing them. */
  private static final List<String> OTHERS =
      List.of("ReasonCoverageTest.java", "ReasonTest.java", "TrustVectorTest.java");

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aTestRefusesEvidenceForIt(Reason reason) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      assertThat(files.filter(file -> asserts(file, reason))).isNotEmpty();
    }
  }

  private static boolean asserts(Path file, Reason reason) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith("Test.java")
        && !OTHERS.contains(name)
        && read(file).matches("(?s).*\\bReason\\.%s\\b.*".formatted(reason.name()));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
