package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.testing.Json;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class IntelCollateralTest {
  interface Question {
    void ask(IntelCollateral of, Collateral collateral, TimeInterval time, Checks checks);
  }

  private static final Question ROOT_CRL = IntelCollateral::rootCrl;
  private static final Question PCK_CRL = IntelCollateral::pckCrl;
  private static final Question TCB_INFO = IntelCollateral::tcbInfo;
  private static final Question QE_IDENTITY = IntelCollateral::qeIdentity;
  private static final List<Question> ALL = List.of(ROOT_CRL, PCK_CRL, TCB_INFO, QE_IDENTITY);

  private final FakePlatform platform = new FakePlatform(TeeKind.TDX, 4);

  static List<VectorCase> vectors() {
    return IntelVectors.all().stream()
        .filter(vector -> vector.expected().get("pck") != null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void acceptsEveryGenuineDocumentWhileItHolds(VectorCase vector) {
    for (Object one : Json.list(vector.expected().get("evaluations"))) {
      Map<String, Object> evaluation = Json.object(one);
      boolean valid = evaluation.get("valid_from") != null;
      Collateral collateral =
          IntelVectors.collateral(vector, String.valueOf(evaluation.get("collateral")));
      TimeInterval time = TimeInterval.at(IntelVectors.time(evaluation, "time"));

      List<Reason> reasons =
          ALL.stream()
              .flatMap(question -> ask(new IntelCollateral(), question, collateral, time).stream())
              .toList();

      assertThat(reasons.isEmpty()).as("%s %s", vector, evaluation).isEqualTo(valid);
    }
  }

  @Test
  void acceptsWhatLeadsToTheRoot() {
    for (Question question : ALL) {
      assertThat(ask(question)).isEmpty();
    }
  }

  @Test
  void doesNotNeedTheRootsListToKnowWhatIsGenuine() {
    Collateral without =
        IntelVectors.with(platform.collateral(), CollateralName.ROOT_CA_CRL, Optional.empty());

    for (Question question : List.of(PCK_CRL, TCB_INFO, QE_IDENTITY)) {
      assertThat(ask(question, without)).isEmpty();
    }
    assertThat(ask(ROOT_CRL, without)).containsExactly(Reason.CRL_MISSING);
  }

  @Test
  void refusesWhatALookAlikeRootVouchesFor() {
    platform.pinned = FakePlatform.newKey().getPublic();

    assertThat(ask(ROOT_CRL)).containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
    Collateral others =
        IntelVectors.with(platform.collateral(), CollateralName.ROOT_CA_CRL, Optional.empty());
    assertThat(ask(PCK_CRL, others)).containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(ask(TCB_INFO, others)).containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(ask(QE_IDENTITY, others)).containsExactly(Reason.UNTRUSTED_ROOT);
  }

  @Test
  void refusesADocumentThatAnotherKeySigned() {
    FakePlatform other = new FakePlatform(TeeKind.TDX, 4);
    Collateral swapped = platform.collateral();
    for (String name :
        List.of(
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.QE_IDENTITY_SIGNATURE,
            CollateralName.PCK_CRL)) {
      swapped = IntelVectors.with(swapped, name, other.collateral().find(name));
    }

    for (Question question : List.of(PCK_CRL, TCB_INFO, QE_IDENTITY)) {
      assertThat(ask(question, swapped)).containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
    }
  }

  @Test
  void refusesAnIssuerOfAPckListThatMayIssueNothing() {
    platform.pckIssuer = certificate -> certificate.withAuthority(false);

    assertThat(ask(PCK_CRL)).containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesTheListOfAnotherAuthorityThanItsChainSays() {
    FakeAuthority other =
        new FakeAuthority(
            "CN=Intel SGX PCK Processor CA,O=Intel Corporation", platform.issuer.key());
    platform.pckCrl = Optional.of(other.crl(FakePlatform.WINDOW));

    assertThat(ask(PCK_CRL)).containsExactly(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void refusesWhatHasExpiredAndWhatHasNotBegun() {
    TimeInterval late = TimeInterval.at(FakePlatform.WINDOW.to().plusSeconds(1));
    TimeInterval early = TimeInterval.at(FakePlatform.WINDOW.from().minusSeconds(1));
    Collateral collateral = platform.collateral();
    IntelCollateral intel = new IntelCollateral(platform.pinned);

    for (Question question : ALL) {
      assertThat(ask(intel, question, collateral, late)).contains(Reason.COLLATERAL_EXPIRED);
      assertThat(ask(intel, question, collateral, early)).contains(Reason.COLLATERAL_NOT_YET_VALID);
    }
  }

  @Test
  void refusesTheListOfAnAuthorityWhoseCertificateExpired() {
    platform.pckIssuer =
        certificate ->
            certificate.withWindow(
                new Window(FakePlatform.WINDOW.from(), FakePlatform.NOW.minus(Duration.ofDays(1))));

    assertThat(ask(PCK_CRL)).containsExactly(Reason.CERTIFICATE_EXPIRED);
  }

  @Test
  void refusesWhatIsOfSomebodyWhomTheRootRevoked() {
    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.ISSUER_SERIAL));
    assertThat(ask(PCK_CRL)).containsExactly(Reason.CERTIFICATE_REVOKED);
    assertThat(ask(TCB_INFO)).isEmpty();

    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.TCB_SIGNER_SERIAL));
    assertThat(ask(TCB_INFO)).containsExactly(Reason.CERTIFICATE_REVOKED);
    assertThat(ask(QE_IDENTITY)).isEmpty();

    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.QE_SIGNER_SERIAL));
    assertThat(ask(QE_IDENTITY)).containsExactly(Reason.CERTIFICATE_REVOKED);
  }

  @Test
  void refusesWhatIsNotThereOrUnreadable() {
    for (Question question : ALL) {
      assertThat(ask(question, Collateral.none())).hasSize(1);
    }
    Collateral garbage =
        IntelVectors.with(
            platform.collateral(),
            CollateralName.PCK_CRL_ISSUER_CHAIN,
            Optional.of(Bytes.of((byte) 1)));
    assertThat(ask(PCK_CRL, garbage)).containsExactly(Reason.CERTIFICATE_INVALID);
  }

  private List<Reason> ask(Question question) {
    return ask(question, platform.collateral());
  }

  private List<Reason> ask(Question question, Collateral collateral) {
    return ask(new IntelCollateral(platform.pinned), question, collateral, platform.time);
  }

  private static List<Reason> ask(
      IntelCollateral of, Question question, Collateral collateral, TimeInterval time) {
    Checks checks = new Checks();
    question.ask(of, collateral, time, checks);
    assertThat(checks.answers()).isNotEmpty();
    return checks.answers().stream().map(Check::failure).flatMap(Optional::stream).toList();
  }
}
