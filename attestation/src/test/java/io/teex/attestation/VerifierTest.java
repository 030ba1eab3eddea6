package io.teex.attestation;

import static io.teex.attestation.Simulation.MANAGER;
import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.WORKER;
import static io.teex.attestation.Simulation.reportData;
import static io.teex.attestation.Simulation.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifierTest {
  private static final Expected EXPECTED = new Expected(reportData(1), Role.WORKER);
  private static final int ROOT_OFFSET = 22 + Measurement.SIZE + ReportData.SIZE + 2;

  @TempDir Path directory;
  private Simulation simulation;
  private Evidence genuine;

  @BeforeEach
  void start() {
    simulation = new Simulation(directory.resolve("platform"));
    genuine = simulation.worker.evidence(reportData(1));
  }

  @Test
  void acceptsGenuineEvidenceAndTellsItsClaims() {
    Verdict verdict = verify(genuine, simulation.policy(), EXPECTED);

    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.checks())
        .extracting(Check::name)
        .containsExactly(
            "kind",
            "format",
            "root",
            "attestation-key",
            "validity",
            "signature",
            "measurement",
            "role",
            "report-data");
    Claims claims = verdict.claims().orElseThrow();
    assertThat(claims.simulated()).isTrue();
    assertThat(claims.measurement()).isEqualTo(WORKER);
    assertThat(claims.tcbStatus()).isEqualTo(TcbStatus.SIMULATED);
    assertThat(claims.platformId().size()).isEqualTo(32);
  }

  @Test
  void namesEveryInputOfTheDecision() {
    Verdict verdict = verify(genuine, simulation.policy(), EXPECTED);

    assertThat(verdict.basis())
        .isEqualTo(
            new Verdict.Basis(
                TimeInterval.at(NOW), simulation.policy().id(), Collateral.none().id()));
  }

  @Test
  void refusesTheSimulatedTeeByDefault() {
    Verdict verdict = verify(genuine, Policy.refuseAll(), EXPECTED);

    assertThat(verdict.reasons())
        .contains(Reason.KIND_NOT_ALLOWED, Reason.UNTRUSTED_ROOT, Reason.MEASUREMENT_NOT_ALLOWED);
    assertThat(verdict.errorCode()).isEqualTo(ErrorCode.SIMULATED_REFUSED);
  }

  @Test
  void refusesTheSimulatedTeeWhereItIsNotAcceptedThoughItsRootIsNamed() {
    Policy named = simulation.policy();
    Policy production =
        new Policy(
            "production",
            Set.of(),
            named.simulatedRoots(),
            named.measurements(),
            named.platforms());

    Verdict verdict = verify(genuine, production, EXPECTED);

    assertThat(verdict.reasons()).containsExactly(Reason.KIND_NOT_ALLOWED);
    assertThat(verdict.errorCode()).isEqualTo(ErrorCode.SIMULATED_REFUSED);
  }

  @Test
  void refusesAnUnknownMeasurement() {
    Evidence evidence = simulation.platform.tee(Simulation.measurement(9)).evidence(reportData(1));

    Verdict verdict = verify(evidence, simulation.policy(), EXPECTED);

    assertThat(verdict.reasons()).containsExactly(Reason.MEASUREMENT_NOT_ALLOWED);
    assertThat(verdict.errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEASUREMENT);
  }

  @Test
  void refusesTheMeasurementOfAnotherRole() {
    Evidence evidence = simulation.platform.tee(MANAGER).evidence(reportData(1));

    Verdict verdict = verify(evidence, simulation.policy(), EXPECTED);

    assertThat(verdict.reasons()).containsExactly(Reason.ROLE_NOT_ALLOWED);
    assertThat(verdict.errorCode()).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
  }

  @Test
  void refusesOtherReportData() {
    Verdict verdict =
        verify(genuine, simulation.policy(), new Expected(reportData(2), Role.WORKER));

    assertThat(verdict.reasons()).containsExactly(Reason.REPORT_DATA_MISMATCH);
  }

  @Test
  void refusesThePlatformOfAnotherRoot() {
    Simulation other = new Simulation(directory.resolve("other"));

    Verdict verdict = verify(genuine, other.policy(), EXPECTED);

    assertThat(verdict.reasons()).containsExactly(Reason.UNTRUSTED_ROOT);
  }

  @Test
  void refusesAnAttestationKeyThatTheNamedRootDidNotSign() {
    // The look-alike shows the genuine root's public key beside a chain of its own.
    byte[] genuineRoot = SimulatedEvidence.parse(genuine.bytes()).root().copy();
    KeyPair attacker = P256.generate(RANDOM);
    X509Certificate certificate =
        Certificates.sign(
            Certificates.builder(
                "CN=TEEX SIMULATED root",
                "CN=TEEX SIMULATED attestation key",
                attacker.getPublic(),
                NOW.minusSeconds(60),
                NOW.plusSeconds(60),
                RANDOM),
            attacker,
            RANDOM);

    Verdict verdict =
        verify(forged(genuineRoot, certificate, attacker), simulation.policy(), EXPECTED);

    assertThat(verdict.reasons())
        .containsExactly(Reason.CERTIFICATE_INVALID, Reason.REPORT_SIGNATURE_INVALID);
  }

  @Test
  void refusesAReportSignedByAnotherKeyThanTheCertifiedOne() throws Exception {
    SimulatedEvidence parsed = SimulatedEvidence.parse(genuine.bytes());
    X509Certificate certificate = Certificates.parse(parsed.attestationCertificate().copy());

    Verdict verdict =
        verify(
            forged(parsed.root().copy(), certificate, P256.generate(RANDOM)),
            simulation.policy(),
            EXPECTED);

    assertThat(verdict.reasons()).containsExactly(Reason.REPORT_SIGNATURE_INVALID);
  }

  private static Evidence forged(byte[] root, X509Certificate certificate, KeyPair signer) {
    try {
      byte[] signed =
          SimulatedEvidence.toSign(WORKER, reportData(1), root, certificate.getEncoded());
      byte[] signature = P256.sign(signer.getPrivate(), signed, RANDOM);
      return new Evidence(TeeKind.SIMULATED, Bytes.concat(Bytes.of(signed), Bytes.of(signature)));
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void judgesValidityByTheEndOfTheIntervalThatMakesItHarder() {
    Instant start = NOW.minus(Duration.ofDays(1));
    Instant end = NOW.plus(Duration.ofDays(3650));

    assertThat(reasonsAt(start, start)).isEmpty();
    assertThat(reasonsAt(start.minusSeconds(1), NOW)).containsExactly(Reason.CERTIFICATE_EXPIRED);
    assertThat(reasonsAt(end, end)).isEmpty();
    assertThat(reasonsAt(NOW, end.plusSeconds(1))).containsExactly(Reason.CERTIFICATE_EXPIRED);
  }

  private java.util.List<Reason> reasonsAt(Instant earliest, Instant latest) {
    return verify(genuine, simulation.policy(), EXPECTED, new TimeInterval(earliest, latest))
        .reasons();
  }

  @Test
  void refusesEvidenceWithAnyByteChanged() {
    byte[] bytes = genuine.bytes().copy();
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << at % 8);

      Verdict verdict = verify(evidence(changed), simulation.policy(), EXPECTED);

      assertThat(verdict.accepted()).as("byte %d", at).isFalse();
      assertThat(verdict.reasons()).isNotEmpty();
    }
  }

  @Test
  void refusesEvidenceCutOffAnywhereOrWithBytesAdded() {
    byte[] bytes = genuine.bytes().copy();
    for (int size = 0; size < bytes.length; size++) {
      Verdict verdict = verify(evidence(Arrays.copyOf(bytes, size)), simulation.policy(), EXPECTED);

      assertThat(verdict.reasons()).as("%d bytes", size).containsExactly(Reason.MALFORMED);
      assertThat(verdict.claims()).isEmpty();
    }
    assertThat(
            verify(evidence(Arrays.copyOf(bytes, bytes.length + 1)), simulation.policy(), EXPECTED)
                .reasons())
        .containsExactly(Reason.MALFORMED);
  }

  @Test
  void refusesLengthsThatLie() {
    for (int length : new int[] {0, 1, 90, 92, 0x7fff, 0x8000, 0xffff}) {
      byte[] bytes = genuine.bytes().copy();
      bytes[ROOT_OFFSET - 2] = (byte) (length >> 8);
      bytes[ROOT_OFFSET - 1] = (byte) length;

      Verdict verdict = verify(evidence(bytes), simulation.policy(), EXPECTED);

      assertThat(verdict.reasons()).as("length %d", length).contains(Reason.MALFORMED);
    }
  }

  @Test
  void givesAVerdictOnAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = i % 2 == 0 ? new byte[random.nextInt(600)] : genuine.bytes().copy();
      if (i % 2 == 0) {
        random.nextBytes(bytes);
      } else {
        int from = random.nextInt(bytes.length);
        for (int at = from; at < Math.min(bytes.length, from + 1 + random.nextInt(8)); at++) {
          bytes[at] ^= (byte) (1 + random.nextInt(255));
        }
      }

      Verdict verdict = verify(evidence(bytes), simulation.policy(), EXPECTED);

      assertThat(verdict.accepted()).as("seed %d, round %d", seed, i).isFalse();
    }
  }

  @Test
  void refusesKindsThatThePolicyDoesNotName() {
    for (TeeKind kind : new TeeKind[] {TeeKind.SGX, TeeKind.TDX, TeeKind.SNP, TeeKind.NITRO}) {
      Verdict verdict = verify(new Evidence(kind, genuine.bytes()), simulation.policy(), EXPECTED);

      assertThat(verdict.reasons()).startsWith(Reason.KIND_NOT_ALLOWED);
      assertThat(verdict.claims()).isEmpty();
    }
  }

  private static Evidence evidence(byte[] bytes) {
    return new Evidence(TeeKind.SIMULATED, Bytes.of(bytes));
  }
}
