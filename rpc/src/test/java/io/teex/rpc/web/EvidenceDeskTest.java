package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EvidenceDeskTest {
  private static final String QUERY = "nonce=00112233445566778899aabbccddeeff";

  @Test
  void aPlatformThatFailsIsSaidToWithoutItsWords() {
    EvidenceDesk desk = desk();
    byte[] nonce = desk.enter(QUERY);

    assertThatThrownBy(() -> desk.answer(nonce))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageNotContaining("words");
  }

  @Test
  void fewAnswersAreMadeAtOnce() {
    EvidenceDesk desk = desk();
    byte[] nonce = {};
    for (int i = 0; i < 4; i++) {
      nonce = desk.enter(QUERY);
    }
    byte[] last = nonce;

    assertThatThrownBy(() -> desk.enter(QUERY))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThatThrownBy(() -> desk.answer(last)).isInstanceOf(TeexException.class);
    assertThat(desk.enter(QUERY)).hasSize(16);
  }

  @Test
  void aLogThatDoesNotFitIsLeftOutSinceNobodyWouldTakeIt() {
    Bytes vek = Bytes.of(new byte[1_300]);
    Bytes log = Bytes.of(new byte[Collateral.ALONGSIDE_SIZE_MAX - 1_299]);
    EvidenceSource source =
        new EvidenceSource() {
          @Override
          public TeeKind kind() {
            return TeeKind.SIMULATED;
          }

          @Override
          public Endorsed endorsed(ReportData reportData) {
            return new Endorsed(
                new Evidence(TeeKind.SIMULATED, reportData.value()),
                new Collateral(Map.of(CollateralName.VEK, vek, CollateralName.EVENT_LOG, log)));
          }
        };
    EvidenceDesk desk = new EvidenceDesk(source, Role.WORKER, Bytes32.ZERO, () -> Bytes32.ZERO);

    HttpAnswer answer = desk.answer(desk.enter(QUERY));

    String json = new String(answer.body().copy(), StandardCharsets.UTF_8);
    assertThat(ShownEvidence.parse(json, "the desk").endorsed().collateral().documents())
        .isEqualTo(Map.of(CollateralName.VEK, vek));
  }

  private static EvidenceDesk desk() {
    EvidenceSource failing =
        new EvidenceSource() {
          @Override
          public TeeKind kind() {
            return TeeKind.SIMULATED;
          }

          @Override
          public Endorsed endorsed(ReportData reportData) {
            throw new TeexException(ErrorCode.INTERNAL, "\"words\" of the platform");
          }
        };
    return new EvidenceDesk(failing, Role.WORKER, Bytes32.ZERO, () -> Bytes32.ZERO);
  }
}
