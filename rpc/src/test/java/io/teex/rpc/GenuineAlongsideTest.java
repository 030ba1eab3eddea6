package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Decision;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.P256;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A channel's verdict over reports of real chips with the certificate that came along. Nobody can
 * have them vouch for a channel of ours, so there is always a reason; it must be that one alone.
 */
final class GenuineAlongsideTest {
  private static final Path VECTORS =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"));

  /** When the certificates of these reports' keys held. */
  private static final Instant VLEK_TIME = Instant.parse("2025-01-09T22:14:21Z");

  private static final Instant GCP_TIME = Instant.parse("2026-01-04T06:04:27Z");

  private static final List<String> NOT_OURS =
      List.of("measurement-not-allowed", "report-data-mismatch");

  private final List<Decision> decisions = new ArrayList<>();
  private CollateralCache cache;

  @BeforeEach
  void open() {
    assumeTrue(Files.isDirectory(VECTORS), () -> "no genuine evidence in " + VECTORS);
    cache =
        CollateralCache.open(
            CollateralConfig.none(), InstantSource.fixed(VLEK_TIME), Fixture.RANDOM);
  }

  @AfterEach
  void close() {
    if (cache != null) {
      cache.close();
    }
  }

  private static Bytes file(String path) {
    try {
      return Bytes.of(Files.readAllBytes(VECTORS.resolve("snp").resolve(path)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The reasons against a peer that shows this report, in its certificate and afresh. */
  private List<String> reasons(String report, Map<String, Bytes> alongside, Instant time) {
    Evidence evidence = new Evidence(TeeKind.SNP, file(report));
    KeyPair key = P256.generate(Fixture.RANDOM);
    Proof proof =
        Proof.of(
            Role.WORKER,
            RaTls.issue(key, Role.WORKER, evidence, time, Duration.ofHours(1), Fixture.RANDOM),
            new Endorsed(evidence, new Collateral(alongside)),
            new byte[32],
            new byte[32],
            "test");
    Grounds grounds =
        new Grounds() {
          @Override
          public Policy policy() {
            return Policy.strict();
          }

          @Override
          public Collateral collateral(Evidence asked, Collateral shown) {
            return cache.supply(asked, shown).collateral();
          }

          @Override
          public TimeInterval time() {
            return TimeInterval.at(time);
          }
        };
    decisions.clear();
    assertThatThrownBy(() -> new Attestor(grounds, decisions::add).judge(proof))
        .isInstanceOf(TeexException.class);
    Decision decision = decisions.getFirst();
    assertThat(decision.collateral().documents()).isEqualTo(alongside);
    assertThat(decision.replay().same()).isTrue();
    return decision.outcome().codes();
  }

  @Test
  void aGuestBehindAProvidersKeyIsGenuineWithTheCertificateThatItBringsAlong() {
    assertThat(
            reasons(
                "milan-v3-vlek-aws/report.bin",
                Map.of(CollateralName.VEK, file("milan-v3-vlek-aws/vek.der")),
                VLEK_TIME))
        .containsExactlyElementsOf(NOT_OURS);
  }

  @Test
  void andIsNothingWithoutIt() {
    assertThat(reasons("milan-v3-vlek-aws/report.bin", Map.of(), VLEK_TIME))
        .contains("collateral-missing");
  }

  @Test
  void theCertificateOfAnotherChipHelpsNobody() {
    assertThat(
            reasons(
                "milan-v5-gcp/report.bin",
                Map.of(CollateralName.VEK, file("milan-v5-gcp/vek.der")),
                GCP_TIME))
        .containsExactlyElementsOf(NOT_OURS);

    assertThat(
            reasons(
                "milan-v5-gcp/report.bin",
                Map.of(CollateralName.VEK, file("milan-v2-trustee/vek.der")),
                GCP_TIME))
        .contains("chip-id-mismatch", "report-signature-invalid");
    assertThat(
            reasons(
                "milan-v3-vlek-aws/report.bin",
                Map.of(CollateralName.VEK, file("milan-v5-gcp/vek.der")),
                VLEK_TIME))
        .contains("collateral-mismatch", "report-signature-invalid");
  }

  @Test
  void rubbishAsACertificateIsRefusedAsSuch() {
    assertThat(
            reasons(
                "milan-v5-gcp/report.bin",
                Map.of(CollateralName.VEK, Bytes.of(new byte[1_000])),
                GCP_TIME))
        .contains("certificate-invalid");
  }
}
