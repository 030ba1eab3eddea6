package io.teex.attestation;

import static io.teex.attestation.Simulation.MANAGER;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedFileTest {
  private static final byte[] SECRET = "a secret of the manager".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;
  private Path path;
  private SimulatedPlatform platform;

  @BeforeEach
  void start() {
    path = directory.resolve("data/root.sealed");
    platform = new Simulation(directory.resolve("platform")).platform;
  }

  private SealedFile file(Measurement measurement, String label) {
    return new SealedFile(path, platform.tee(measurement), label, RANDOM);
  }

  @Test
  void keepsASecret() throws Exception {
    assertThat(file(MANAGER, "root").read()).isEmpty();

    file(MANAGER, "root").write(SecretBytes.copyOf(SECRET));

    assertThat(file(MANAGER, "root").read().orElseThrow().expose()).isEqualTo(SECRET);
    assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void replacesWhatWasThere() throws Exception {
    file(MANAGER, "root").write(SecretBytes.copyOf(SECRET));
    byte[] first = Files.readAllBytes(path);
    // What a crash in the middle of an earlier write leaves behind.
    Files.write(path.resolveSibling(".root.sealed.next"), new byte[] {1});

    file(MANAGER, "root").write(SecretBytes.copyOf(SECRET));

    assertThat(Files.readAllBytes(path)).isNotEqualTo(first).hasSameSizeAs(first);
    try (Stream<Path> files = Files.list(path.getParent())) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void doesNotOpenElsewhere() {
    file(MANAGER, "root").write(SecretBytes.copyOf(SECRET));

    assertCorrupt(file(WORKER, "root"), "sealed by measurement");
    assertCorrupt(file(MANAGER, "other"), "was changed");
    platform = new Simulation(directory.resolve("another")).platform;
    assertCorrupt(file(MANAGER, "root"), "another platform");
  }

  @Test
  void seesEveryChange() throws Exception {
    file(MANAGER, "root").write(SecretBytes.copyOf(SECRET));
    byte[] bytes = Files.readAllBytes(path);
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(path, changed);
      assertCorrupt(file(MANAGER, "root"), "sealed file");
      Files.write(path, Arrays.copyOf(bytes, at));
      assertCorrupt(file(MANAGER, "root"), "sealed file");
    }
  }

  private static void assertCorrupt(SealedFile file, String message) {
    assertThatThrownBy(file::read)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT))
        .hasMessageContaining(message);
  }
}
