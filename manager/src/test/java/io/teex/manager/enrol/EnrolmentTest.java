package io.teex.manager.enrol;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.manager.testing.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
  private static final Address OPERATOR = Address.fromHex("0x" + "0e".repeat(Address.SIZE));

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

  @Test
  void certifiesADispatcherThatTheOperatorOfItsPlatformAnswersFor() {
    Claims claims = claims(1, TcbStatus.UP_TO_DATE);
    world.chain.list(platform(claims), OPERATOR);
    world.chain.operate(OPERATOR, new NodeOperation(Role.DISPATCHER, signer, platform(claims)));

    assertThat(admit(Role.DISPATCHER, claims).role()).isEqualTo(Role.DISPATCHER);
  }

  @Test
  void opensNeitherStoreNorDispatcherOnMeasurementAlone() {
    Claims claims = claims(1, TcbStatus.UP_TO_DATE);

    for (Role role : List.of(Role.STORE, Role.DISPATCHER)) {
      assertThatThrownBy(() -> admit(role, claims))
          .hasMessageContaining(signer.toString())
          .hasMessageContaining(platform(claims).toString())
          .hasMessageContaining("teex node operate")
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.NODE_NOT_OPERATED));
    }
  }

  @Test
  void refusesAForgedPlatformUnderAnotherOnesOperator() {
    Claims listed = claims(1, TcbStatus.UP_TO_DATE);
    Claims forged = claims(2, TcbStatus.UP_TO_DATE);
    world.chain.list(platform(listed), OPERATOR);
    world.chain.operate(OPERATOR, new NodeOperation(Role.DISPATCHER, signer, platform(listed)));

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> admit(Role.DISPATCHER, forged));
  }

  @Test
  void refusesANodeForAnotherRoleThanItsOperatorSignedFor() {
    Claims claims = claims(1, TcbStatus.UP_TO_DATE);
    world.chain.list(platform(claims), OPERATOR);
    world.chain.operate(OPERATOR, new NodeOperation(Role.STORE, signer, platform(claims)));

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> admit(Role.DISPATCHER, claims));
  }

  @Test
  void refusesANodeWhosePlatformGovernanceTookFromItsOperator() {
    Claims claims = claims(1, TcbStatus.UP_TO_DATE);
    world.chain.operate(OPERATOR, new NodeOperation(Role.DISPATCHER, signer, platform(claims)));

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> admit(Role.DISPATCHER, claims));
  }

  @Test
  void refusesWidelyTrustedRolesToEvidenceThatHidesItsMachine() {
    Claims hidden = hidden("CN=cc-us-east-2.amazonaws.com");
    world.chain.list(platform(hidden), OPERATOR);
    world.chain.operate(OPERATOR, new NodeOperation(Role.STORE, signer, platform(hidden)));

    refuses(ErrorCode.ATTESTATION_REFUSED, () -> admit(Role.STORE, hidden));
  }

  @Test
  void countsMachinesThatACloudHidesAsOne() {
    Bytes32 tag = admit(hidden("CN=one")).platformTag();

    assertThat(admit(hidden("CN=one")).platformTag()).isEqualTo(tag);
    assertThat(admit(hidden("CN=two")).platformTag()).isNotEqualTo(tag);
    assertThat(admit(claims(1, TcbStatus.UP_TO_DATE)).platformTag()).isNotEqualTo(tag);
  }

  private NodeCertificate admit(Role role, Claims claims) {
    return enrolment.admit(role, tlsKeyHash, claims, signer, payout).value();
  }

  private static Bytes32 platform(Claims claims) {
    return NodeOperation.platform(claims.platformId());
  }

  private static Claims hidden(String cloud) {
    return new Claims(
        TeeKind.SNP,
        Measurement.of(new byte[Measurement.SIZE]),
        Bytes.EMPTY,
        Tcb.of(TcbStatus.UP_TO_DATE),
        ReportData.of(Role.WORKER, new byte[0], new byte[32], new byte[32]),
        Map.of("endorsement", Map.of("csp_id", cloud)));
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
