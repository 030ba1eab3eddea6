package io.teex.attestation.amd;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.attestation.testing.Json;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reports of real processors, and what their enemies could make of them. */
final class SnpVectorsTest {
  private static final int SIGNED_SIZE = 0x2a0;

  static List<VectorCase> vectors() {
    return VectorCase.all("snp");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void judgesGenuineReports(VectorCase vector) {
    Verdict verdict = appraise(vector, vector.file("report.bin"));

    assertThat(verdict.codes()).isEqualTo(vector.expected().get("reject_reasons"));
    assertThat(verdict.accepted()).isEqualTo(vector.isAccepted());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsEveryFieldOfGenuineReports(VectorCase vector) {
    Claims claims = appraise(vector, vector.file("report.bin")).claims().orElseThrow();

    Map<String, Object> expected = vector.expected("fields");
    assertThat(claims.fields()).containsAllEntriesOf(expected);
    assertThat(claims.kind()).isEqualTo(TeeKind.SNP);
    assertThat(claims.measurement().value().toHex()).isEqualTo(expected.get("measurement"));
    assertThat(claims.reportData().value().toHex()).isEqualTo(expected.get("report_data"));
    Map<String, Object> endorsement = vector.expected("endorsement");
    assertThat(claims.field("endorsement.type")).contains(endorsement.get("type"));
    assertThat(claims.field("endorsement.product")).contains(endorsement.get("product"));
    boolean isVlek = Objects.equals(endorsement.get("type"), "VLEK");
    assertThat(claims.platformId().toHex()).isEqualTo(isVlek ? "" : expected.get("chip_id"));
    if (isVlek) {
      assertThat(claims.field("endorsement.csp_id")).contains(endorsement.get("csp_id"));
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void callsAPlatformUpToDateIfItIsGenuine(VectorCase vector) {
    boolean isGenuine =
        Objects.equals(vector.expected("endorsement").get("certificate_signature"), "valid");

    Claims claims = appraise(vector, vector.file("report.bin")).claims().orElseThrow();

    assertThat(claims.tcbStatus()).isEqualTo(isGenuine ? TcbStatus.UP_TO_DATE : TcbStatus.UNKNOWN);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void takesTheCertificateInPemToo(VectorCase vector) {
    Verdict verdict =
        appraise(vector.file("report.bin"), pem(vector.file("vek.der")), vector.time());

    assertThat(verdict.codes()).isEqualTo(vector.expected().get("reject_reasons"));
  }

  @Test
  void unwrapsAzuresReportAndShowsItsRuntimeData() {
    VectorCase vector = VectorCase.of("snp/milan-v2-azure-hcl");

    Verdict verdict = appraise(vector, vector.file("hcl-report.bin"));

    assertThat(verdict.codes()).isEmpty();
    Claims claims = verdict.claims().orElseThrow();
    assertThat(claims.fields()).containsAllEntriesOf(vector.expected("fields"));
    Object json = claims.field("runtime_data").orElseThrow();
    Map<String, Object> runtimeData =
        Json.object(Json.parse(Bytes.of(String.valueOf(json).getBytes(StandardCharsets.UTF_8))));
    assertThat(runtimeData).containsKeys("keys", "vm-configuration", "user-data");
  }

  @Test
  void refusesAzuresReportWithOtherRuntimeData() {
    VectorCase vector = VectorCase.of("snp/milan-v2-azure-hcl");
    byte[] wrapped = vector.file("hcl-report.bin").copy();
    for (int at = 1236; at < 1236 + 1110; at += 37) {
      byte[] changed = wrapped.clone();
      changed[at] ^= 1;

      assertThat(appraise(vector, Bytes.of(changed)).reasons())
          .containsExactly(Reason.REPORT_DATA_MISMATCH);
    }
  }

  @Test
  void refusesAzuresReportThatIsCutOff() {
    VectorCase vector = VectorCase.of("snp/milan-v2-azure-hcl");
    byte[] wrapped = vector.file("hcl-report.bin").copy();
    for (int size = 0; size < 1236 + 1110; size++) {
      assertThat(appraise(vector, Bytes.of(Arrays.copyOf(wrapped, size))).reasons())
          .as("%d bytes", size)
          .containsExactly(Reason.MALFORMED);
    }
  }

  @Test
  void refusesAzuresReportOfAnotherKindOrHashOrLyingLength() {
    VectorCase vector = VectorCase.of("snp/milan-v2-azure-hcl");
    byte[] wrapped = vector.file("hcl-report.bin").copy();
    for (int at : new int[] {1216 + 8, 1216 + 12, 1216 + 18, 1216 + 19}) {
      byte[] changed = wrapped.clone();
      changed[at] ^= (byte) 0x84;

      assertThat(appraise(vector, Bytes.of(changed)).reasons())
          .as("byte %d", at)
          .containsExactly(Reason.MALFORMED);
    }
  }

  @Test
  void refusesAReportWithAnyByteChanged() {
    for (VectorCase vector : vectors().stream().filter(VectorCase::isAccepted).toList()) {
      byte[] genuine = vector.file("report.bin").copy();
      // One report in full, the others here and there: each change costs a signature.
      int step = vector.toString().equals("snp/milan-v5-gcp") ? 1 : 41;
      for (int at = 0; at < genuine.length; at += step) {
        byte[] changed = genuine.clone();
        changed[at] ^= (byte) (1 << at % 8);

        List<Reason> reasons = appraise(vector, Bytes.of(changed)).reasons();

        if (at < 4) {
          assertThat(reasons)
              .as("byte %d", at)
              .containsAnyOf(Reason.UNSUPPORTED_VERSION, Reason.REPORT_SIGNATURE_INVALID);
        } else if (at < SIGNED_SIZE) {
          assertThat(reasons).as("byte %d", at).contains(Reason.REPORT_SIGNATURE_INVALID);
        } else {
          assertThat(reasons).as("byte %d", at).containsExactly(Reason.REPORT_SIGNATURE_INVALID);
        }
      }
    }
  }

  @Test
  void refusesAReportCutOffAnywhereOrWithBytesAdded() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    byte[] genuine = vector.file("report.bin").copy();
    for (int size = 0; size < genuine.length + 20; size++) {
      if (size != genuine.length) {
        assertThat(appraise(vector, Bytes.of(Arrays.copyOf(genuine, size))).reasons())
            .as("%d bytes", size)
            .containsExactly(Reason.MALFORMED);
      }
    }
  }

  @Test
  void judgesTheValidityOfTheCertificateToTheSecond() {
    VectorCase vector = VectorCase.of("snp/milan-v3-vlek-aws");
    Instant start = Instant.parse("2024-12-10T22:14:21Z");
    Instant end = Instant.parse("2025-12-10T22:14:21Z");

    assertThat(reasonsAt(vector, start, start)).isEmpty();
    assertThat(reasonsAt(vector, end, end)).isEmpty();
    assertThat(reasonsAt(vector, start.minusSeconds(1), start))
        .containsExactly(Reason.CERTIFICATE_EXPIRED);
    assertThat(reasonsAt(vector, end, end.plusSeconds(1)))
        .containsExactly(Reason.CERTIFICATE_EXPIRED);
  }

  private static List<Reason> reasonsAt(VectorCase vector, Instant earliest, Instant latest) {
    return appraise(
            vector.file("report.bin"), vector.file("vek.der"), new TimeInterval(earliest, latest))
        .reasons();
  }

  @Test
  void refusesEveryReportUnderTheCertificateOfAnotherPlatform() {
    List<VectorCase> accepted = vectors().stream().filter(VectorCase::isAccepted).toList();
    for (VectorCase report : accepted) {
      for (VectorCase vek : accepted) {
        if (report == vek) {
          continue;
        }
        Verdict verdict = appraise(report.file("report.bin"), vek.file("vek.der"), report.time());

        assertThat(verdict.reasons())
            .as("%s under %s", report, vek)
            .contains(Reason.REPORT_SIGNATURE_INVALID);
      }
    }
  }

  @Test
  void saysWhatElseIsWrongWithTheCertificateOfAnotherPlatform() {
    VectorCase genoa = VectorCase.of("snp/genoa-v3-aci");
    VectorCase vlek = VectorCase.of("snp/milan-v3-vlek-aws");
    TimeInterval time = TimeInterval.at(Instant.parse("2025-11-01T00:00:00Z"));

    assertThat(appraise(genoa.file("report.bin"), vlek.file("vek.der"), time).reasons())
        .containsExactly(
            Reason.VEK_CHAIN_INVALID,
            Reason.COLLATERAL_MISMATCH,
            Reason.REPORT_SIGNATURE_INVALID,
            Reason.VEK_TCB_MISMATCH);
  }

  @Test
  void refusesACertificateWithAnyByteChanged() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    byte[] genuine = vector.file("vek.der").copy();
    for (int at = 0; at < genuine.length; at += 3) {
      byte[] changed = genuine.clone();
      changed[at] ^= (byte) (1 << at % 8);

      assertThat(appraise(vector.file("report.bin"), Bytes.of(changed), vector.time()).reasons())
          .as("byte %d", at)
          .containsAnyOf(Reason.CERTIFICATE_INVALID, Reason.VEK_CHAIN_INVALID);
    }
  }

  @Test
  void refusesWhatIsNoCertificate() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    Bytes vek = vector.file("vek.der");
    for (Bytes document :
        List.of(
            Bytes.EMPTY,
            Bytes.of(new byte[] {0x30}),
            Bytes.concat(vek, Bytes.of(new byte[1])),
            Bytes.concat(pem(vek), pem(vek)),
            text("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"),
            text("-----BEGIN CERTIFICATE-----\n"),
            text("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"))) {
      assertThat(appraise(vector.file("report.bin"), document, vector.time()).reasons())
          .containsExactly(Reason.CERTIFICATE_INVALID);
    }
  }

  @Test
  void refusesAnotherCertificateOfAmdAsThatOfAPlatform() {
    VectorCase vector = VectorCase.of("snp/milan-v5-gcp");
    for (java.security.cert.X509Certificate authority : AmdRoots.amd().authorities()) {
      assertThat(appraise(vector.file("report.bin"), encoded(authority), vector.time()).reasons())
          .containsExactly(Reason.CERTIFICATE_INVALID);
    }
  }

  @Test
  void asksForTheCertificateWhereItIsMissing() {
    VectorCase vector = VectorCase.of("snp/milan-v2-debug");

    Verdict verdict =
        new Verifier()
            .appraise(
                new Evidence(TeeKind.SNP, vector.file("report.bin")),
                Collateral.none(),
                vector.time(),
                Policy.strict());

    assertThat(verdict.reasons()).containsExactly(Reason.COLLATERAL_MISSING, Reason.DEBUG_ENABLED);
    assertThat(verdict.claims().orElseThrow().tcbStatus()).isEqualTo(TcbStatus.UNKNOWN);
  }

  @Test
  void givesAVerdictOnAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<VectorCase> vectors = vectors();
    for (int i = 0; i < 600; i++) {
      VectorCase vector = vectors.get(random.nextInt(vectors.size()));
      byte[] report =
          vector.file(vector.has("hcl-report.bin") ? "hcl-report.bin" : "report.bin").copy();
      byte[] vek = vector.file("vek.der").copy();
      mutate(i % 2 == 0 ? report : vek, random);
      if (i % 10 == 0) {
        random.nextBytes(report);
        report[0] = (byte) random.nextInt(6);
        Arrays.fill(report, 1, 4, (byte) 0);
      }

      Verdict verdict = appraise(Bytes.of(report), Bytes.of(vek), vector.time());

      // What is not signed may change: the wrapper's header and what follows the runtime data.
      boolean untouched = verdict.accepted() && vector.has("hcl-report.bin") && vector.isAccepted();
      assertThat(verdict.accepted()).as("seed %d, round %d", seed, i).isEqualTo(untouched);
      if (!verdict.accepted()) {
        assertThat(verdict.reasons()).isNotEmpty();
      }
    }
  }

  private static void mutate(byte[] bytes, Random random) {
    int from = random.nextInt(bytes.length);
    for (int at = from; at < Math.min(bytes.length, from + 1 + random.nextInt(8)); at++) {
      bytes[at] ^= (byte) (1 + random.nextInt(255));
    }
  }

  private static Verdict appraise(VectorCase vector, Bytes report) {
    return appraise(report, vector.file("vek.der"), vector.time());
  }

  private static Verdict appraise(Bytes report, Bytes vek, TimeInterval time) {
    return new Verifier()
        .appraise(
            new Evidence(TeeKind.SNP, report),
            new Collateral(Map.of(CollateralName.VEK, vek)),
            time,
            Policy.strict());
  }

  private static Bytes pem(Bytes der) {
    return text(
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(der.copy())));
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Bytes encoded(java.security.cert.X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
