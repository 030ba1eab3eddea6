package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathMeasurementTest {
  @TempDir Path directory;

  @Test
  void dependsOnContentAndNamesOnly() throws Exception {
    Path a = file("here/a.jar", "A");
    Path b = file("here/b.jar", "B");
    Path elsewhere = file("there/a.jar", "A");

    Measurement measurement = ClassPathMeasurement.of("Main", List.of(a, b));

    assertThat(ClassPathMeasurement.of("Main", List.of(b, elsewhere))).isEqualTo(measurement);
    assertThat(ClassPathMeasurement.of("Other", List.of(a, b))).isNotEqualTo(measurement);
    assertThat(ClassPathMeasurement.of("Main", List.of(a))).isNotEqualTo(measurement);
    assertThat(ClassPathMeasurement.of("Main", List.of(a, file("other/b.jar", "C"))))
        .isNotEqualTo(measurement);
    assertThat(ClassPathMeasurement.of("Main", List.of(a, file("other/c.jar", "B"))))
        .isNotEqualTo(measurement);
  }

  @Test
  void readsDirectoriesThrough() throws Exception {
    file("one/classes/io/Main.class", "main");
    file("one/classes/io/teex/Deep.class", "deep");
    file("two/classes/io/Main.class", "main");
    Path deep = file("two/classes/io/teex/Deep.class", "deep");
    List<Path> one = List.of(directory.resolve("one/classes"));
    List<Path> two = List.of(directory.resolve("two/classes"));

    assertThat(ClassPathMeasurement.of("Main", two))
        .isEqualTo(ClassPathMeasurement.of("Main", one));

    Files.writeString(deep, "changed");
    assertThat(ClassPathMeasurement.of("Main", two))
        .isNotEqualTo(ClassPathMeasurement.of("Main", one));
  }

  @Test
  void measuresThisProcess() {
    assertThat(ClassPathMeasurement.ofThisProcess(ClassPathMeasurementTest.class))
        .isEqualTo(ClassPathMeasurement.ofThisProcess(ClassPathMeasurementTest.class))
        .isNotEqualTo(ClassPathMeasurement.ofThisProcess(ClassPathMeasurement.class));
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThatThrownBy(
            () -> ClassPathMeasurement.of("Main", List.of(directory.resolve("missing.jar"))))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining("missing.jar");
  }

  private Path file(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
