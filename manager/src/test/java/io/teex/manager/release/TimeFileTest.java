package io.teex.manager.release;

import static io.teex.manager.testing.Codes.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Measurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeFileTest {
  private static final Instant TIME = Instant.ofEpochSecond(1_800_000_000L);

  @TempDir Path directory;
  private final SecureRandom random = new SecureRandom();
  private Tee tee;

  @BeforeEach
  void begin() {
    tee =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), Instant.now(), random)
            .tee(Measurement.of(new byte[Measurement.SIZE]));
  }

  @Test
  void beginsWithTheEpoch() {
    assertThat(file().read()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void keepsTheLastTimeOverARestart() {
    file().write(TIME);
    file().write(TIME.plusSeconds(1));

    assertThat(file().read()).isEqualTo(TIME.plusSeconds(1));
  }

  @Test
  void cannotBeForged() throws IOException {
    file().write(TIME);
    Path path = directory.resolve("time.sealed");
    byte[] sealed = Files.readAllBytes(path);
    sealed[sealed.length - 20] ^= 1;
    Files.write(path, sealed);

    refuses(ErrorCode.STORE_CORRUPT, () -> file().read());
  }

  private TimeFile file() {
    return new TimeFile(directory, tee, random);
  }
}
