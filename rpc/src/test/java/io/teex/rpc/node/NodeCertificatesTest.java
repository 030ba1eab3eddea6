package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.teex.attestation.IntervalClock;
import io.teex.attestation.Measurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.TimeInterval;
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
import io.teex.rpc.proto.EnrolRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeCertificatesTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Address PAYOUT = new Address(Bytes.of(new byte[Address.SIZE]));
  private static final Domain DOMAIN =
      new Domain(31337, Address.fromHex("0x52908400098527886E0F7030069857D2E4169EE7"));
  private static final SigningKey MANAGER = SigningKey.generate(RANDOM);
  private static final NodeCertificates CERTIFICATES =
      new NodeCertificates(DOMAIN, MANAGER.address(), () -> TimeInterval.at(NOW));

  @TempDir Path directory;

  private NodeIdentity node() {
    return NodeIdentity.create(
        Role.WORKER,
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), NOW, RANDOM)
            .tee(Measurement.of(new byte[Measurement.SIZE])),
        SigningKey.generate(RANDOM),
        InstantSource.fixed(NOW),
        RANDOM);
  }

  @Test
  void aNodeProvesItsSigningKeyForItsTlsKey() {
    NodeIdentity node = node();

    EnrolRequest request = NodeCertificates.enrolRequest(node, PAYOUT);

    assertThat(NodeCertificates.requirePossession(request, node.tlsKeyHash()))
        .isEqualTo(new NodeCertificates.Accounts(node.address(), PAYOUT));
  }

  @Test
  void nobodyElseCanUseThatProof() {
    NodeIdentity node = node();
    EnrolRequest request = NodeCertificates.enrolRequest(node, PAYOUT);
    ByteString other = ByteString.copyFrom(MANAGER.address().value().copy());

    assertFails(
        ErrorCode.SIGNATURE_INVALID,
        () -> NodeCertificates.requirePossession(request, node().tlsKeyHash()));
    assertFails(
        ErrorCode.SIGNATURE_INVALID,
        () ->
            NodeCertificates.requirePossession(
                request.toBuilder().setPayout(other).build(), node.tlsKeyHash()));
    assertFails(
        ErrorCode.SIGNATURE_INVALID,
        () ->
            NodeCertificates.requirePossession(
                request.toBuilder().setSigner(other).build(), node.tlsKeyHash()));
    assertFails(
        ErrorCode.MALFORMED,
        () ->
            NodeCertificates.requirePossession(
                request.toBuilder().clearPayout().build(), node.tlsKeyHash()));
    assertFails(
        ErrorCode.SIGNATURE_INVALID,
        () ->
            NodeCertificates.requirePossession(
                request.toBuilder().clearPossession().build(), node.tlsKeyHash()));
  }

  @Test
  void acceptsTheManagersWordUntilItExpires() {
    Signed<NodeCertificate> signed = MANAGER.sign(DOMAIN, certificate(NOW.getEpochSecond()));

    assertThat(CERTIFICATES.require(signed.encode(), Role.WORKER)).isEqualTo(signed.value());
    assertFails(
        ErrorCode.CERTIFICATE_INVALID,
        () ->
            CERTIFICATES.require(
                MANAGER.sign(DOMAIN, certificate(NOW.getEpochSecond() - 1)), Role.WORKER));
  }

  private static final long END = NOW.getEpochSecond() + 60;
  private Instant host = NOW;
  private Duration passed = Duration.ZERO;

  /** Judged by the clock of a node whose host does with it what it likes. */
  private NodeCertificates byAHostsClock() {
    IntervalClock clock =
        new IntervalClock(() -> host, () -> passed.toNanos(), IntervalClock.WIDTH_MAX);
    return new NodeCertificates(DOMAIN, MANAGER.address(), clock::now);
  }

  private static void assertHolds(NodeCertificates certificates, boolean holds) {
    NodeCertificate certificate = certificate(END);
    assertThat(certificates.holds(certificate)).isEqualTo(holds);
    if (holds) {
      assertThat(certificates.require(MANAGER.sign(DOMAIN, certificate), Role.WORKER))
          .isEqualTo(certificate);
    } else {
      assertFails(
          ErrorCode.CERTIFICATE_INVALID,
          () -> certificates.require(MANAGER.sign(DOMAIN, certificate), Role.WORKER));
    }
  }

  @Test
  void aClockThatIsSetBackKeepsNoCertificateAlive() {
    NodeCertificates certificates = byAHostsClock();
    passed = Duration.ofSeconds(60);
    host = NOW.plusSeconds(60);
    assertHolds(certificates, true);

    host = NOW;
    passed = Duration.ofSeconds(61);

    assertHolds(certificates, false);
  }

  @Test
  void aStoppedClockKeepsNoCertificateAlive() {
    NodeCertificates certificates = byAHostsClock();

    passed = Duration.ofSeconds(61);

    assertHolds(certificates, false);
  }

  @Test
  void aCertificateThatMayHaveEndedIsNoGood() {
    NodeCertificates certificates = byAHostsClock();

    host = NOW.plusSeconds(61);
    assertHolds(certificates, false);
    host = NOW;

    assertHolds(certificates, false);
  }

  @Test
  void withoutATimeNoCertificateIsGood() {
    NodeCertificates certificates = byAHostsClock();

    host = NOW.minusSeconds(3_600);
    passed = Duration.ofSeconds(301);

    assertFails(
        ErrorCode.ATTESTATION_REFUSED, () -> certificates.holds(certificate(NOW.getEpochSecond())));
  }

  @Test
  void anEndBeyondAllInstantsIsAnEndAsWell() {
    assertThat(CERTIFICATES.holds(certificate(Long.MAX_VALUE))).isTrue();
  }

  @Test
  void refusesAnotherSignerRoleOrDeployment() {
    NodeCertificate certificate = certificate(NOW.getEpochSecond());
    Domain elsewhere = new Domain(1, DOMAIN.settlement());

    assertFails(
        ErrorCode.CERTIFICATE_INVALID,
        () ->
            CERTIFICATES.require(
                SigningKey.generate(RANDOM).sign(DOMAIN, certificate), Role.WORKER));
    assertFails(
        ErrorCode.CERTIFICATE_INVALID,
        () -> CERTIFICATES.require(MANAGER.sign(DOMAIN, certificate), Role.DISPATCHER));
    assertFails(
        ErrorCode.CERTIFICATE_INVALID,
        () -> CERTIFICATES.require(MANAGER.sign(elsewhere, certificate), Role.WORKER));
    assertFails(ErrorCode.MALFORMED, () -> CERTIFICATES.require(new byte[] {1, 2}, Role.WORKER));
  }

  private static NodeCertificate certificate(long notAfter) {
    return new NodeCertificate(
        Role.WORKER,
        Bytes32.ZERO,
        MANAGER.address(),
        PAYOUT,
        Bytes.of(new byte[Measurement.SIZE]),
        Bytes32.ZERO,
        TcbStatus.SIMULATED,
        1,
        notAfter);
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
