package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TrustVectorTest {

  @Test
  void affirmsWhatWasAskedAndFoundGood() {
    TrustVector trust =
        trust(tcb(TcbStatus.UP_TO_DATE), passed("measurement"), passed("report-data"));

    assertThat(trust).isEqualTo(new TrustVector(2, 2, 2, 2));
    assertThat(trust.tier()).isEqualTo("affirming");
    assertThat(trust.toMap())
        .containsOnlyKeys("instance-identity", "configuration", "executables", "hardware");
  }

  @Test
  void claimsNothingThatNobodyAsked() {
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE))).isEqualTo(new TrustVector(0, 2, 0, 2));
  }

  @Test
  void warnsOfWeaknessesEvenIfThePolicyTakesThem() {
    TrustVector trust = trust(tcb(TcbStatus.SW_HARDENING_NEEDED, "INTEL-SA-00615"));

    assertThat(trust.hardware()).isEqualTo(32);
    assertThat(trust.tier()).isEqualTo("warning");
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.SVN_TOO_LOW)).hardware())
        .isEqualTo(32);
  }

  @Test
  void isAsBadAsTheWorstClaim() {
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.DEBUG_ENABLED)))
        .isEqualTo(new TrustVector(0, 96, 0, 2));
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.ATTRIBUTES_NOT_ALLOWED)).tier())
        .isEqualTo("warning");
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.MEASUREMENT_NOT_ALLOWED)))
        .isEqualTo(new TrustVector(0, 2, 33, 2));
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.NONCE_EXPIRED)))
        .isEqualTo(new TrustVector(96, 2, 0, 2));
    assertThat(trust(tcb(TcbStatus.REVOKED)).hardware()).isEqualTo(96);
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.CERTIFICATE_REVOKED)).tier())
        .isEqualTo("contraindicated");
    assertThat(trust(tcb(TcbStatus.UP_TO_DATE), failed(Reason.QUOTE_SIGNATURE_INVALID)).hardware())
        .isEqualTo(97);
  }

  @Test
  void recognisesNoHardwareInASimulation() {
    assertThat(trust(tcb(TcbStatus.SIMULATED)).hardware()).isEqualTo(97);
  }

  private static Check passed(String name) {
    return new Check.Passed(name);
  }

  private static Check failed(Reason reason) {
    return new Check.Failed("x", reason, "");
  }

  private static Tcb tcb(TcbStatus status, String... advisories) {
    return new Tcb(status, new TreeSet<>(Set.of(advisories)), Instant.MAX, 0);
  }

  private static TrustVector trust(Tcb tcb, Check... checks) {
    Claims claims =
        new Claims(
            TeeKind.TDX, Simulation.WORKER, Bytes.EMPTY, tcb, Simulation.reportData(1), Map.of());
    return TrustVector.of(
        new Verdict(
            claims,
            List.of(checks),
            new Verdict.Basis(TimeInterval.at(Simulation.NOW), Bytes32.ZERO, Bytes32.ZERO)));
  }
}
