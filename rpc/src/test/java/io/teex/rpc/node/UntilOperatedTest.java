package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Measurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UntilOperatedTest {
  @TempDir private Path directory;

  private final SecureRandom random = new SecureRandom();
  private final List<Duration> pauses = new ArrayList<>();
  private final UntilOperated wait = new UntilOperated(pauses::add);

  @Test
  void asksOftenAtFirstAndSeldomLater() {
    assertThat(wait.enrol(identity(), () -> enrolAfter(200))).isEqualTo("enrolled");

    assertThat(pauses).hasSize(200).isSorted();
    assertThat(pauses.getFirst()).isEqualTo(Duration.ofMillis(100));
    assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void waitsForNothingButTheOperator() {
    assertThatThrownBy(() ->
            wait.enrol(
                identity(),
                () -> {
                  throw new TeexException(ErrorCode.CERTIFICATE_INVALID, "revoked");
                }))
        .hasMessage("revoked");
    assertThat(pauses).isEmpty();
  }

  private String enrolAfter(int refusals) {
    if (pauses.size() < refusals) {
      throw new TeexException(ErrorCode.NODE_NOT_OPERATED, "nobody answers for it");
    }
    return "enrolled";
  }

  private NodeIdentity identity() {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), Instant.now(), random);
    return NodeIdentity.create(
        Role.STORE,
        platform.tee(Measurement.of(new byte[Measurement.SIZE])),
        SigningKey.generate(random),
        InstantSource.system(),
        random);
  }
}
