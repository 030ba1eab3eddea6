package io.teex.manager.enrol;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.manager.testing.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Claims;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.attestation.Tcb;
import io.teex.manager.testing.World;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
  private final World world = new World();
  private final Enrolment enrolment =
      new Enrolment(world.manager, world.keys, world.chain, world.clock(), Duration.ofHours(1));
  private final Bytes32 tlsKeyHash = world.bytes32();
  private final Address signer = world.worker.address();
  private final Address payout = world.provider.address();

  @Test
  void certifiesWhatTheChannelProved() {
    Claims claims = claims(1, TcbStatus.UP_TO_DATE);

    Signed<NodeCertificate> certificate =
        enrolment.admit(Role.WORKER, tlsKeyHash, claims, signer, payout);

    assertThat(certificate.signer(world.domain)).isEqualTo(world.manager.address());
    assertThat(certificate.value())
        .isEqualTo(
            new NodeCertificate(
                Role.WORKER,
                tlsKeyHash,
                signer,
                payout,
                claims.measurement().value(),
                world.keys.platformTag(claims.platformId()),
                TcbStatus.UP_TO_DATE,
                1,
                NOW + 3_600));
  }

  @Test
  void sameMachineHasTheSameTagAndTheTagDoesNotTellWhich() {
    Bytes32 tag = admit(claims(1, TcbStatus.UP_TO_DATE)).platformTag();

    assertThat(admit(claims(1, TcbStatus.OUT_OF_DATE)).platformTag()).isEqualTo(tag);
    assertThat(admit(claims(2, TcbStatus.UP_TO_DATE)).platformTag()).isNotEqualTo(tag);
    assertThat(new World().keys.platformTag(Bytes.of((byte) 2))).isNotEqualTo(tag);
  }

  @Test
  void refusesAManager() {
    refuses(
        ErrorCode.PERMISSION_DENIED,
        () ->
            enrolment.admit(
                Role.MANAGER, tlsKeyHash, claims(1, TcbStatus.UP_TO_DATE), signer, payout));
  }

  @Test
  void refusesARevokedPlatform() {
    refuses(ErrorCode.ATTESTATION_REFUSED, () -> admit(claims(1, TcbStatus.REVOKED)));
  }

  @Test
  void refusesANodeThatTheRegistryRevoked() {
    world.chain.revoke(signer);

    refuses(ErrorCode.CERTIFICATE_INVALID, () -> admit(claims(1, TcbStatus.UP_TO_DATE)));
  }

  private NodeCertificate admit(Claims claims) {
    return enrolment.admit(Role.WORKER, tlsKeyHash, claims, signer, payout).value();
  }

  private Claims claims(int platform, TcbStatus tcb) {
    return new Claims(
        TeeKind.TDX,
        Measurement.of(new byte[Measurement.SIZE]),
        Bytes.of((byte) platform),
        Tcb.of(tcb),
        ReportData.of(Role.WORKER, new byte[0], new byte[32], new byte[32]),
        Map.of());
  }
}
