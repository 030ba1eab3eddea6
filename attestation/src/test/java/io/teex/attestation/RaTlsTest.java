package io.teex.attestation;

import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RaTlsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;
  private Simulation simulation;
  private KeyPair key;
  private X509Certificate genuine;

  @BeforeEach
  void start() {
    simulation = new Simulation(directory.resolve("platform"));
    key = P256.generate(RANDOM);
    genuine = RaTls.issue(key, Role.WORKER, simulation.worker, NOW, HOUR, RANDOM);
  }

  @Test
  void carriesEvidenceForItsOwnKeyAndRole() {
    RaTls.requireStructure(genuine, TimeInterval.at(NOW));

    Evidence evidence = RaTls.evidence(genuine);

    assertThat(judged(evidence, genuine, Role.WORKER).accepted()).isTrue();
    assertThat(judged(evidence, genuine, Role.MANAGER).reasons())
        .contains(Reason.REPORT_DATA_MISMATCH);
  }

  @Test
  void evidenceOfAnotherKeyIsWorthNothing() {
    KeyPair attacker = P256.generate(RANDOM);
    X509Certificate relayed =
        certificate(attacker, extension(RaTls.EVIDENCE_OID, RaTls.evidence(genuine).encode()));

    RaTls.requireStructure(relayed, TimeInterval.at(NOW));
    assertThat(judged(RaTls.evidence(relayed), relayed, Role.WORKER).reasons())
        .containsExactly(Reason.REPORT_DATA_MISMATCH);
  }

  private Verdict judged(Evidence evidence, X509Certificate certificate, Role role) {
    return verify(
        evidence, simulation.policy(), new Expected(RaTls.binding(certificate, role), role));
  }

  @Test
  void refusesACertificateWithoutEvidence() {
    assertRefused(() -> RaTls.evidence(certificate(key)), "carries no evidence");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.6.9.42.840.113741.1337.6",
        "1.2.840.113741.1337.6",
        "1.3.6.1.4.1.62397.1.1",
        "1.3.6.1.4.1.62397.1.8",
        "1.3.6.1.5.5.7.1.35"
      })
  void refusesASecondPieceOfEvidence(String oid) {
    X509Certificate two =
        certificate(
            key,
            extension(RaTls.EVIDENCE_OID, RaTls.evidence(genuine).encode()),
            extension(oid, new byte[] {4, 0}));

    assertRefused(() -> RaTls.evidence(two), oid);
    assertRefused(() -> RaTls.evidence(certificate(key, extension(oid, new byte[] {4, 0}))), oid);
  }

  @Test
  void theSameExtensionTwiceIsNoCertificate() {
    byte[] evidence = RaTls.evidence(genuine).encode();

    // BouncyCastle does not write it and the JDK does not read it.
    assertThatThrownBy(() ->
            certificate(
                key,
                extension(RaTls.EVIDENCE_OID, evidence),
                extension(RaTls.EVIDENCE_OID, evidence)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesEvidenceThatCannotBeRead() {
    assertRefused(
        () -> RaTls.evidence(certificate(key, extension(RaTls.EVIDENCE_OID, new byte[] {1, 2}))),
        "evidence");
    assertRefused(
        () ->
            RaTls.evidence(
                certificate(
                    key, extension(RaTls.EVIDENCE_OID, new byte[RaTls.CERTIFICATE_SIZE_MAX + 1]))),
        "bytes of evidence");
  }

  @Test
  void refusesDatesThatDoNotHold() {
    Instant start = genuine.getNotBefore().toInstant();
    Instant end = genuine.getNotAfter().toInstant();
    RaTls.requireStructure(genuine, TimeInterval.at(start));
    RaTls.requireStructure(genuine, TimeInterval.at(end));

    assertRefused(
        () -> RaTls.requireStructure(genuine, TimeInterval.at(start.minusSeconds(1))), "it holds");
    assertRefused(
        () -> RaTls.requireStructure(genuine, TimeInterval.at(end.plusSeconds(1))), "it holds");
  }

  @Test
  void refusesOtherKindsOfKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(384);
    KeyPair other = generator.generateKeyPair();
    X509Certificate certificate =
        certificate(other, extension(RaTls.EVIDENCE_OID, RaTls.evidence(genuine).encode()));

    assertRefused(() -> RaTls.requireStructure(certificate, TimeInterval.at(NOW)), "not of P-256");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED))
        .hasMessageContaining(message);
  }

  private record Extension(String oid, DEROctetString content) {}

  private static Extension extension(String oid, byte[] content) {
    return new Extension(oid, new DEROctetString(content));
  }

  private static X509Certificate certificate(KeyPair key, Extension... extensions) {
    return Certificates.sign(builder(key, extensions), key, RANDOM);
  }

  private static X509v3CertificateBuilder builder(KeyPair key, Extension... extensions) {
    X509v3CertificateBuilder builder =
        Certificates.builder(
            "CN=x", "CN=x", key.getPublic(), NOW.minusSeconds(60), NOW.plusSeconds(60), RANDOM);
    try {
      for (Extension extension : extensions) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.oid()), false, extension.content().getOctets());
      }
      return builder;
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
