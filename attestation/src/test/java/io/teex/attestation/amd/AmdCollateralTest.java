package io.teex.attestation.amd;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.testing.TestAuthority;
import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AmdCollateralTest {
  private static final TimeInterval NOW =
      TimeInterval.at(TestAuthority.START.plus(Duration.ofDays(1)));
  private static final TimeInterval LATE =
      TimeInterval.at(TestAuthority.END.plus(Duration.ofDays(1)));

  private final TestPlatform platform = new TestPlatform(Product.MILAN);
  private final TestPlatform lookAlike = TestPlatform.lookAlike(Product.MILAN);
  private final AmdCollateral amd = new AmdCollateral(platform::roots);
  private TimeInterval time = NOW;

  static List<Product> products() {
    return Product.ALL;
  }

  private static Bytes chip(Product product) {
    byte[] id = new byte[product.chipIdSize()];
    Arrays.fill(id, (byte) 0x77);
    return Bytes.of(id);
  }

  private static Bytes tcb(Product product) {
    byte[] tcb = new byte[8];
    for (TcbComponent component : product.tcb()) {
      tcb[component.offset()] = (byte) TestPlatform.level(component);
    }
    return Bytes.of(tcb);
  }

  @ParameterizedTest
  @MethodSource("products")
  void acceptsTheVcekThatWasAskedFor(Product product) {
    TestPlatform of = new TestPlatform(product);
    Checks checks = new Checks();

    new AmdCollateral(of::roots)
        .vcek(product, chip(product), tcb(product), vek(of.vcek()), NOW, checks);

    assertThat(reasons(checks)).isEmpty();
  }

  @Test
  void refusesTheVcekOfAnotherChipLevelOrProduct() {
    Collateral vcek = vek(platform.vcek());
    Bytes chip = chip(Product.MILAN);
    Bytes tcb = tcb(Product.MILAN);

    assertThat(vcek(Product.MILAN, Bytes.of(new byte[64]), tcb, vcek))
        .containsExactly(Reason.CHIP_ID_MISMATCH);
    assertThat(vcek(Product.MILAN, chip, Bytes.of(new byte[8]), vcek))
        .containsExactly(Reason.VEK_TCB_MISMATCH);
    assertThat(vcek(Product.GENOA, chip, tcb, vcek)).containsExactly(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void refusesAProvidersKeyInPlaceOfAChips() {
    assertThat(vcek(vek(platform.vlek())))
        .containsExactly(Reason.COLLATERAL_MISMATCH, Reason.CHIP_ID_MISMATCH);
  }

  @Test
  void refusesAVcekBelowALookAlikeRoot() {
    assertThat(vcek(vek(lookAlike.vcek()))).containsExactly(Reason.VEK_CHAIN_INVALID);
    assertThat(
            vcek(
                documents(
                    Map.of(
                        CollateralName.VEK,
                        lookAlike.vcek(),
                        CollateralName.VEK_ISSUER_CHAIN,
                        chain(lookAlike.ask, lookAlike.root)))))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
  }

  @Test
  void refusesWhatIsNoVcek() {
    assertThat(vcek(vek(Bytes.of((byte) 1)))).containsExactly(Reason.CERTIFICATE_INVALID);
    assertThat(vcek(Collateral.none())).containsExactly(Reason.COLLATERAL_MISSING);
  }

  @Test
  void refusesAVcekThatExpired() {
    time = LATE;

    assertThat(vcek(vek(platform.vcek()))).containsExactly(Reason.CERTIFICATE_EXPIRED);
  }

  @Test
  void refusesTheVcekOfAnAuthorityThatTheRootRevoked() {
    Collateral documents =
        documents(
            Map.of(
                CollateralName.VEK, platform.vcek(),
                CollateralName.VEK_CRL, list(platform, platform.ask.certificate())));

    assertThat(vcek(documents)).containsExactly(Reason.CERTIFICATE_REVOKED);
  }

  @Test
  void acceptsTheChainsBelowTheRoot() {
    assertThat(authority(EndorsementKey.VCEK, chain(platform.ask, platform.root))).isEmpty();
    assertThat(authority(EndorsementKey.VLEK, chain(platform.asvk, platform.root))).isEmpty();
  }

  @Test
  void refusesAChainThatDoesNotEndInTheRoot() {
    assertThat(authority(EndorsementKey.VCEK, chain(lookAlike.ask, lookAlike.root)))
        .containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(authority(EndorsementKey.VCEK, chain(platform.ask)))
        .containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(authority(EndorsementKey.VCEK, Bytes.EMPTY)).containsExactly(Reason.UNTRUSTED_ROOT);
  }

  @Test
  void refusesAChainOfSomebodyWhomTheRootDidNotMakeAnIssuerOfSuchKeys() {
    assertThat(authority(EndorsementKey.VCEK, chain(lookAlike.ask, platform.root)))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
    assertThat(authority(EndorsementKey.VLEK, chain(platform.ask, platform.root)))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
  }

  @Test
  void refusesAChainThatIsNoneOrTooLong() {
    assertThat(
            authority(
                EndorsementKey.VCEK,
                Bytes.of("-----BEGIN NOTHING-----".getBytes(StandardCharsets.US_ASCII))))
        .containsExactly(Reason.CERTIFICATE_INVALID);
    assertThat(authority(EndorsementKey.VCEK, chain(platform.ask, platform.asvk, platform.root)))
        .containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesAChainThatExpiredOrWasRevoked() {
    Bytes chain = chain(platform.ask, platform.root);
    Collateral revoked =
        documents(
            Map.of(
                CollateralName.VEK_ISSUER_CHAIN,
                chain,
                CollateralName.VEK_CRL,
                list(platform, platform.ask.certificate())));
    assertThat(
            ask(checks -> amd.authority(Product.MILAN, EndorsementKey.VCEK, revoked, NOW, checks)))
        .containsExactly(Reason.CERTIFICATE_REVOKED);

    time = LATE;
    assertThat(authority(EndorsementKey.VCEK, chain)).containsExactly(Reason.CERTIFICATE_EXPIRED);
  }

  @Test
  void acceptsTheRootsListAndNobodyElses() {
    assertThat(revocations(list(platform))).isEmpty();
    assertThat(revocations(list(lookAlike))).containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
    assertThat(revocations(Bytes.of((byte) 0x30))).containsExactly(Reason.MALFORMED);
    assertThat(
            ask(checks ->
                amd.revocations(
                    Product.TURIN,
                    documents(Map.of(CollateralName.VEK_CRL, list(platform))),
                    NOW,
                    checks)))
        .containsExactly(Reason.UNTRUSTED_ROOT);
  }

  @Test
  void refusesAListOfAnotherTime() {
    Bytes list = list(platform);

    time = LATE;
    assertThat(revocations(list)).containsExactly(Reason.CRL_EXPIRED);
    time = TimeInterval.at(TestAuthority.START.minusSeconds(1));
    assertThat(revocations(list)).containsExactly(Reason.COLLATERAL_NOT_YET_VALID);
  }

  private List<Reason> vcek(Collateral collateral) {
    return vcek(Product.MILAN, chip(Product.MILAN), tcb(Product.MILAN), collateral);
  }

  private List<Reason> vcek(Product product, Bytes chip, Bytes tcb, Collateral collateral) {
    return ask(checks -> amd.vcek(product, chip, tcb, collateral, time, checks));
  }

  private List<Reason> authority(EndorsementKey key, Bytes chain) {
    Collateral collateral = documents(Map.of(CollateralName.VEK_ISSUER_CHAIN, chain));
    return ask(checks -> amd.authority(Product.MILAN, key, collateral, time, checks));
  }

  private List<Reason> revocations(Bytes list) {
    Collateral collateral = documents(Map.of(CollateralName.VEK_CRL, list));
    return ask(checks -> amd.revocations(Product.MILAN, collateral, time, checks));
  }

  private static List<Reason> ask(Consumer<Checks> question) {
    Checks checks = new Checks();
    question.accept(checks);
    return reasons(checks);
  }

  private static List<Reason> reasons(Checks checks) {
    assertThat(checks.answers()).isNotEmpty();
    return checks.answers().stream().map(Check::failure).flatMap(Optional::stream).toList();
  }

  private static Bytes list(TestPlatform of, X509Certificate... revoked) {
    Instant begin = TestAuthority.START;
    return of.root.revocations(begin, begin.plus(Duration.ofDays(300)), revoked);
  }

  private static Collateral vek(Bytes vek) {
    return documents(Map.of(CollateralName.VEK, vek));
  }

  private static Collateral documents(Map<String, Bytes> documents) {
    return new Collateral(new HashMap<>(documents));
  }

  private static Bytes chain(TestAuthority... authorities) {
    StringBuilder pem = new StringBuilder();
    for (TestAuthority authority : authorities) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(
              Base64.getMimeEncoder()
                  .encodeToString(TestPlatform.encoded(authority.certificate()).copy()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Bytes.of(pem.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
