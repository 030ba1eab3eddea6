package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Measurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolledTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIFE = Duration.ofHours(24);
  private static final Domain DOMAIN =
      new Domain(31337, new Address(Bytes.of(new byte[Address.SIZE])));

  @TempDir private Path directory;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private boolean managerIsAway;
  private Enrolled enrolled;

  @BeforeEach
  void enrol() {
    NodeIdentity identity =
        NodeIdentity.create(
            Role.STORE,
            SimulatedPlatform.openOrCreate(directory, now, RANDOM)
                .tee(Measurement.of(new byte[Measurement.SIZE])),
            SigningKey.generate(RANDOM),
            () -> now,
            RANDOM);
    enrolled = Enrolled.enrol(identity, this::ask, () -> now);
  }

  private Signed<NodeCertificate> ask() {
    if (managerIsAway) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the manager is away");
    }
    Address signer = DOMAIN.settlement();
    return SigningKey.generate(RANDOM)
        .sign(
            DOMAIN,
            new NodeCertificate(
                Role.STORE,
                Bytes32.ZERO,
                signer,
                signer,
                Bytes.EMPTY,
                Bytes32.ZERO,
                TcbStatus.SIMULATED,
                1,
                now.plus(LIFE).getEpochSecond()));
  }

  @Test
  void renewsAtHalfOfTheLifeAndNotBefore() {
    Signed<NodeCertificate> first = enrolled.certificate();

    now = now.plus(LIFE.dividedBy(2)).minusSeconds(1);
    assertThat(enrolled.renewIfDue()).isFalse();
    assertThat(enrolled.certificate()).isEqualTo(first);

    now = now.plusSeconds(1);
    assertThat(enrolled.renewIfDue()).isTrue();
    assertThat(enrolled.certificate().value().notAfter())
        .isEqualTo(now.plus(LIFE).getEpochSecond());
    assertThat(enrolled.renewIfDue()).isFalse();
  }

  @Test
  void keepsTheOneItHasWhileTheManagerIsAwayAndAsksAgain() {
    Signed<NodeCertificate> first = enrolled.certificate();
    now = now.plus(LIFE.dividedBy(2));
    managerIsAway = true;

    assertThatThrownBy(enrolled::renewIfDue).hasMessage("the manager is away");
    assertThat(enrolled.certificate()).isEqualTo(first);

    managerIsAway = false;
    assertThat(enrolled.renewIfDue()).isTrue();
    assertThat(enrolled.certificate()).isNotEqualTo(first);
  }
}
