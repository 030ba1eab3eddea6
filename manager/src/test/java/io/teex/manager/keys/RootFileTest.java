package io.teex.manager.keys;

import static io.teex.manager.testing.Codes.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootFileTest {
  @TempDir Path directory;

  private final SecureRandom random = new SecureRandom();

  @Test
  void rootSurvivesARestart() {
    RootKeys first = open(tee("platform", 1));

    RootKeys again = open(tee("platform", 1));

    assertThat(again.signer().address()).isEqualTo(first.signer().address());
  }

  @Test
  void refusesToStartOnAnotherPlatform() {
    open(tee("platform", 1));

    refuses(ErrorCode.STORE_CORRUPT, () -> open(tee("another", 1)));
  }

  @Test
  void refusesToStartAsAnotherProgram() {
    open(tee("platform", 1));

    refuses(ErrorCode.STORE_CORRUPT, "measurement", () -> open(tee("platform", 2)));
  }

  @Test
  void neverReplacesARootThatDoesNotOpen() throws IOException {
    RootKeys first = open(tee("platform", 1));
    Path file = root();
    byte[] good = Files.readAllBytes(file);
    byte[] changed = good.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(file, changed);

    refuses(ErrorCode.STORE_CORRUPT, () -> open(tee("platform", 1)));
    assertThat(Files.readAllBytes(file)).isEqualTo(changed);

    Files.write(file, new byte[0]);
    refuses(ErrorCode.STORE_CORRUPT, () -> open(tee("platform", 1)));
    Files.write(file, good);
    assertThat(open(tee("platform", 1)).signer().address()).isEqualTo(first.signer().address());
  }

  @Test
  void aPlatformThatKeepsNothingKeepsNoRoot() {
    Tee hardware = tee("platform", 1);
    Tee keepsNothing =
        new Tee() {
          @Override
          public TeeKind kind() {
            return TeeKind.TDX;
          }

          @Override
          public Endorsed endorsed(ReportData reportData) {
            return hardware.endorsed(reportData);
          }

          @Override
          public Measurement measurement() {
            return hardware.measurement();
          }

          @Override
          public SecretBytes sealingKey(String label) {
            throw new TeexException(ErrorCode.SEALING_UNAVAILABLE, "TDX gives no sealing key");
          }
        };

    refuses(ErrorCode.SEALING_UNAVAILABLE, "no sealing key", () -> open(keepsNothing));
    assertThat(directory.resolve("data").resolve("root.sealed")).doesNotExist();

    open(hardware);
    refuses(ErrorCode.SEALING_UNAVAILABLE, "no sealing key", () -> open(keepsNothing));
  }

  private Path root() throws IOException {
    try (var files = Files.list(directory.resolve("data"))) {
      return files.findFirst().orElseThrow();
    }
  }

  private RootKeys open(Tee tee) {
    return RootFile.openOrCreate(directory.resolve("data"), tee, random);
  }

  private Tee tee(String platform, int program) {
    byte[] measurement = new byte[Measurement.SIZE];
    Arrays.fill(measurement, (byte) program);
    return SimulatedPlatform.openOrCreate(directory.resolve(platform), Instant.EPOCH, random)
        .tee(Measurement.of(measurement));
  }
}
