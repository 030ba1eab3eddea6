package io.teex.attestation.amd;

import static io.teex.attestation.amd.TestPlatform.VCEK;
import static io.teex.attestation.amd.TestPlatform.VLEK;
import static io.teex.attestation.amd.TestPlatform.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.SgxPolicy;
import io.teex.attestation.SnpPolicy;
import io.teex.attestation.TcbPolicy;
import io.teex.attestation.TdxPolicy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.testing.TestAuthority;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What no genuine report shows: revoked authorities, odd platforms, each demand of a policy. */
final class SnpAppraiserTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant NEXT = NOW.plusSeconds(3600);
  private static final TestPlatform MILAN = new TestPlatform(Product.MILAN);

  private Optional<Claims> claims = Optional.empty();

  @Test
  void acceptsEveryProductAndBothKindsOfKeys() {
    for (Product product : Product.ALL) {
      TestPlatform platform = new TestPlatform(product);

      assertThat(reasons(platform, platform.report(VCEK), platform.vcek())).isEmpty();
      assertThat(claims.orElseThrow().platformId().size()).isEqualTo(64);
      assertThat(reasons(platform, platform.report(VLEK), platform.vlek())).isEmpty();
      assertThat(claims.orElseThrow().platformId()).isEqualTo(Bytes.EMPTY);
      assertThat(claims.orElseThrow().field("endorsement.csp_id")).contains(TestPlatform.PROVIDER);
    }
  }

  @Test
  void refusesALookAlikeOfTheRoot() {
    TestPlatform lookAlike = new TestPlatform(Product.MILAN, TestAuthority.rsa());
    Map<String, Bytes> collateral = collateral(lookAlike.vcek());
    collateral.put(
        CollateralName.VEK_ISSUER_CHAIN,
        pem(lookAlike.ask.certificate(), lookAlike.root.certificate()));

    // The look-alike's ASK has the genuine key, so only the root's signature tells them apart.
    assertThat(reasons(MILAN.rootAlone(), lookAlike.report(VCEK), collateral))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
  }

  @Test
  void takesAnIssuerThatThePinnedRootSignedFromTheCollateral() {
    Map<String, Bytes> collateral = collateral(MILAN.vcek());

    assertThat(reasons(MILAN.rootAlone(), MILAN.report(VCEK), collateral))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
    collateral.put(
        CollateralName.VEK_ISSUER_CHAIN, pem(MILAN.ask.certificate(), MILAN.root.certificate()));
    assertThat(reasons(MILAN.rootAlone(), MILAN.report(VCEK), collateral)).isEmpty();
  }

  @Test
  void refusesAnIssuerChainThatIsNone() {
    Map<String, Bytes> collateral = collateral(MILAN.vcek());
    collateral.put(CollateralName.VEK_ISSUER_CHAIN, Bytes.of(new byte[] {0x30, 0x00}));

    assertThat(reasons(MILAN.rootAlone(), MILAN.report(VCEK), collateral))
        .containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesTheRootOfAnotherProduct() {
    TestPlatform genoa = new TestPlatform(Product.GENOA);

    assertThat(reasons(MILAN.roots(), genoa.report(VCEK), collateral(genoa.vcek())))
        .containsExactly(Reason.VEK_CHAIN_INVALID);
  }

  @Test
  void refusesAPlatformCertificateThatTheIssuerOfTheOtherKindSigned() {
    X509Certificate swapped =
        MILAN.asvk.issue("CN=SEV-VCEK", TestAuthority.p384().getPublic(), extensionsOf(MILAN));

    assertThat(reasons(MILAN, MILAN.report(VCEK), encoded(swapped)))
        .containsExactly(Reason.VEK_CHAIN_INVALID, Reason.REPORT_SIGNATURE_INVALID);
  }

  @Test
  void acceptsAnIssuerThatIsNotRevoked() {
    Bytes list = MILAN.root.revocations(NOW, NEXT, MILAN.asvk.certificate());

    assertThat(reasonsWithList(MILAN.report(VCEK), MILAN.vcek(), list)).isEmpty();
  }

  @Test
  void refusesARevokedIssuer() {
    Bytes list = MILAN.root.revocations(NOW, NEXT, MILAN.ask.certificate());

    assertThat(reasonsWithList(MILAN.report(VCEK), MILAN.vcek(), list))
        .containsExactly(Reason.CERTIFICATE_REVOKED);
    assertThat(reasonsWithList(MILAN.report(VLEK), MILAN.vlek(), list)).isEmpty();
  }

  @Test
  void refusesARevokedIssuerOfAProvidersKey() {
    Bytes list = MILAN.root.revocations(NOW, NEXT, MILAN.asvk.certificate());

    assertThat(reasonsWithList(MILAN.report(VLEK), MILAN.vlek(), list))
        .containsExactly(Reason.CERTIFICATE_REVOKED);
  }

  @Test
  void refusesARevocationListThatIsNotTheRootsOrNotOfNow() {
    TestPlatform lookAlike = new TestPlatform(Product.MILAN, TestAuthority.rsa());
    Bytes genuine = MILAN.root.revocations(NOW, NEXT);

    assertThat(reasonsWithList(genuine)).isEmpty();
    assertThat(reasonsWithList(lookAlike.root.revocations(NOW, NEXT)))
        .containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
    assertThat(reasonsWithList(MILAN.ask.revocations(NOW, NEXT)))
        .containsExactly(Reason.COLLATERAL_SIGNATURE_INVALID);
    assertThat(reasonsWithList(MILAN.root.revocations(NOW.plusSeconds(1), NEXT)))
        .containsExactly(Reason.COLLATERAL_NOT_YET_VALID);
    assertThat(reasonsWithList(MILAN.root.revocations(NOW.minusSeconds(9), NOW))).isEmpty();
    assertThat(reasonsWithList(MILAN.root.revocations(NOW.minusSeconds(9), NOW.minusSeconds(1))))
        .containsExactly(Reason.CRL_EXPIRED);
    assertThat(reasonsWithList(Bytes.of(new byte[] {0x30, 0x00})))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasonsWithList(Bytes.EMPTY)).containsExactly(Reason.MALFORMED);
    assertThat(reasonsWithList(Bytes.concat(genuine, Bytes.of(new byte[1]))))
        .containsExactly(Reason.MALFORMED);
  }

  @Test
  void remembersSignaturesButNeverTheTime() {
    SnpAppraiser appraiser = new SnpAppraiser(MILAN::roots);
    Map<String, Bytes> collateral = collateral(MILAN.vcek());
    collateral.put(CollateralName.VEK_CRL, MILAN.root.revocations(NOW, NEXT));
    Bytes report = MILAN.report(VCEK);

    assertThat(reasons(appraiser, report, collateral, NOW, SnpPolicy.ANY)).isEmpty();
    assertThat(reasons(appraiser, report, collateral, NEXT.plusSeconds(1), SnpPolicy.ANY))
        .containsExactly(Reason.CRL_EXPIRED);
    assertThat(
            reasons(appraiser, report, collateral, TestAuthority.END.plusSeconds(1), SnpPolicy.ANY))
        .containsExactly(Reason.CERTIFICATE_EXPIRED, Reason.CRL_EXPIRED);
    collateral.put(
        CollateralName.VEK_CRL, MILAN.root.revocations(NOW, NEXT, MILAN.ask.certificate()));
    assertThat(reasons(appraiser, report, collateral, NOW, SnpPolicy.ANY))
        .containsExactly(Reason.CERTIFICATE_REVOKED);
  }

  @Test
  void refusesACertificateOfAnotherTcbInAnyComponent() {
    for (Product product : Product.ALL) {
      TestPlatform platform = new TestPlatform(product);
      for (TcbComponent component : product.tcb()) {
        for (int change : new int[] {-1, 1}) {
          Bytes other =
              platform.vcek(extensions ->
                  extensions.put(
                      Vek.EXTENSIONS + "." + component.extension(),
                      TestPlatform.number(TestPlatform.level(component) + change)));

          assertThat(reasons(platform, platform.report(VCEK), other))
              .as("%s of %s", component, product)
              .containsExactly(Reason.VEK_TCB_MISMATCH);
        }
      }
    }
  }

  @Test
  void refusesACertificateWithoutAPartOrWithAnOddOne() {
    for (Consumer<Map<String, Bytes>> change :
        List.<Consumer<Map<String, Bytes>>>of(
            extensions -> extensions.remove(Vek.EXTENSIONS + ".1"),
            extensions -> extensions.put(Vek.EXTENSIONS + ".1", TestPlatform.number(2)),
            extensions -> extensions.remove(Vek.EXTENSIONS + ".2"),
            extensions -> extensions.put(Vek.EXTENSIONS + ".2", TestPlatform.text("Venice")),
            extensions -> extensions.put(Vek.EXTENSIONS + ".2", TestPlatform.number(1)),
            extensions -> extensions.remove(Vek.EXTENSIONS + ".3.8"),
            extensions -> extensions.put(Vek.EXTENSIONS + ".3.8", TestPlatform.number(-1)),
            extensions -> extensions.put(Vek.EXTENSIONS + ".3.8", TestPlatform.number(256)),
            extensions -> extensions.put(Vek.EXTENSIONS + ".3.8", TestPlatform.text("x")),
            extensions -> extensions.put(Vek.EXTENSIONS + ".3.8", Bytes.of(new byte[] {2, 9})),
            extensions -> extensions.remove(Vek.EXTENSIONS + ".4"),
            extensions -> extensions.put(Vek.EXTENSIONS + ".5", TestPlatform.text("CN=x")))) {
      assertThat(reasons(MILAN, MILAN.report(VCEK), MILAN.vcek(change)))
          .containsExactly(Reason.CERTIFICATE_INVALID);
    }
  }

  @Test
  void refusesTheCertificateOfAnotherChip() {
    for (Product product : Product.ALL) {
      TestPlatform platform = new TestPlatform(product);
      int size = product.chipIdSize();

      assertThat(reasons(platform, changed(platform, 0x1a0), platform.vcek()))
          .containsExactly(Reason.CHIP_ID_MISMATCH);
      assertThat(reasons(platform, changed(platform, 0x1a0 + 63), platform.vcek()))
          .containsExactly(Reason.CHIP_ID_MISMATCH);
      Bytes shorter =
          platform.vcek(extensions ->
              extensions.computeIfPresent(
                  Vek.EXTENSIONS + ".4", (name, id) -> id.slice(0, size - 1)));
      assertThat(reasons(platform, platform.report(VCEK), shorter))
          .containsExactly(Reason.CHIP_ID_MISMATCH);
    }
  }

  @Test
  void refusesAHiddenChipUnderACertificateOfAChip() {
    Bytes hidden = MILAN.report(VCEK, report -> report.put(0x1a0, new byte[64]));

    assertThat(reasons(MILAN, hidden, MILAN.vcek())).containsExactly(Reason.CHIP_ID_MISMATCH);
    assertThat(claims.orElseThrow().platformId()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void refusesAKeyOfAnotherKindThanTheReportNames() {
    Bytes byNobody = MILAN.report(7);

    assertThat(reasons(MILAN, MILAN.report(VCEK), MILAN.vlek()))
        .containsExactly(Reason.COLLATERAL_MISMATCH);
    assertThat(reasons(MILAN, MILAN.report(VLEK), MILAN.vcek()))
        .containsExactly(Reason.COLLATERAL_MISMATCH, Reason.CHIP_ID_MISMATCH);
    assertThat(reasons(MILAN, byNobody, MILAN.vlek())).containsExactly(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void refusesAProcessorThatIsNotOfTheCertificatesProduct() {
    for (int[] cpuid : new int[][] {{0x19, 0x11}, {0x1a, 0x02}, {0x19, 0x20}, {0x17, 0x01}}) {
      Bytes report =
          MILAN.report(
              VCEK, bytes -> bytes.put(0x188, (byte) cpuid[0]).put(0x189, (byte) cpuid[1]));

      assertThat(reasons(MILAN, report, MILAN.vcek())).containsExactly(Reason.VEK_CHAIN_INVALID);
    }
  }

  @Test
  void takesTheProductFromTheCertificateWhereTheReportShowsNone() {
    Bytes report = MILAN.report(VCEK, bytes -> bytes.putInt(0, 2).put(0x188, new byte[3]));

    assertThat(reasons(MILAN, report, MILAN.vcek())).isEmpty();
  }

  @Test
  void refusesOtherVersionsAndAlgorithms() {
    for (int version : new int[] {0, 1, 4, 6, -1}) {
      assertThat(reasons(MILAN, MILAN.report(VCEK, r -> r.putInt(0, version)), MILAN.vcek()))
          .containsExactly(Reason.UNSUPPORTED_VERSION);
      assertThat(claims).isEmpty();
    }
    assertThat(reasons(MILAN, MILAN.report(VCEK, r -> r.putInt(0x34, 2)), MILAN.vcek()))
        .containsExactly(Reason.UNSUPPORTED_VERSION);
  }

  @Test
  void refusesAGuestThatTheHostMayDebug() {
    assertThat(reasons(MILAN, policyBits(0xb_0000), MILAN.vcek()))
        .containsExactly(Reason.DEBUG_ENABLED);
  }

  @Test
  void refusesAPolicyWithoutTheBitThatIsAlwaysOn() {
    assertThat(reasons(MILAN, policyBits(0x1_0000), MILAN.vcek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
  }

  @Test
  void refusesAPlatformThatReportsMoreThanItCommittedToOrRuns() {
    for (TcbComponent component : Product.MILAN.tcb()) {
      for (int field : new int[] {0x1e0, 0x38}) {
        Bytes report =
            MILAN.report(
                VCEK,
                bytes ->
                    bytes.put(
                        field + component.offset(), (byte) (TestPlatform.level(component) - 1)));

        assertThat(reasons(MILAN, report, MILAN.vcek()))
            .as("%s at 0x%x", component, field)
            .containsExactly(Reason.SVN_TOO_LOW);
      }
    }
  }

  @Test
  void judgesEachComponentByItsMinimum() {
    for (Product product : Product.ALL) {
      TestPlatform platform = new TestPlatform(product);
      for (TcbComponent component : product.tcb()) {
        int level = TestPlatform.level(component);

        assertThat(reasonsWithMinimum(platform, product.name(), component.name(), level)).isEmpty();
        assertThat(claims.orElseThrow().tcbStatus()).isEqualTo(TcbStatus.UP_TO_DATE);
        assertThat(reasonsWithMinimum(platform, product.name(), component.name(), level + 1))
            .containsExactly(Reason.SVN_TOO_LOW);
        assertThat(claims.orElseThrow().tcbStatus()).isEqualTo(TcbStatus.OUT_OF_DATE);
      }
    }
  }

  @Test
  void judgesMinimumsOfTheProductAloneAndNeverTakesAnUnknownComponentForReached() {
    assertThat(reasonsWithMinimum(MILAN, "Turin", "fmc", 255)).isEmpty();
    assertThat(reasonsWithMinimum(MILAN, "Milan", "fmc", 0)).containsExactly(Reason.SVN_TOO_LOW);
    assertThat(reasonsWithMinimum(MILAN, "Milan", "ucode", 0)).containsExactly(Reason.SVN_TOO_LOW);
  }

  @Test
  void refusesWhatIsBelowAMinimumThoughItsCertificateIsMissing() {
    Bytes old = MILAN.report(VCEK, report -> report.putInt(0, 2));
    SnpPolicy policy = minimum("Milan", "snp", 1);

    assertThat(reasons(new SnpAppraiser(MILAN::roots), old, new HashMap<>(), NOW, policy))
        .containsExactly(Reason.COLLATERAL_MISSING, Reason.SVN_TOO_LOW);
  }

  @Test
  void judgesTheGuestsOwnVersion() {
    assertThat(reasonsWith(new SnpPolicy(Map.of(), 7, levels(), true, false, true))).isEmpty();
    assertThat(reasonsWith(new SnpPolicy(Map.of(), 8, levels(), true, false, true)))
        .containsExactly(Reason.SVN_TOO_LOW);
    Bytes high = MILAN.report(VCEK, report -> report.putInt(4, -1));
    assertThat(
            reasons(
                new SnpAppraiser(MILAN::roots),
                high,
                collateral(MILAN.vcek()),
                NOW,
                new SnpPolicy(Map.of(), 0xffff_ffffL, levels(), true, false, true)))
        .isEmpty();
  }

  @Test
  void judgesThePrivilegeLevel() {
    SnpPolicy zeroOnly = new SnpPolicy(Map.of(), 0, Set.of(0), true, false, true);

    assertThat(reasonsWith(zeroOnly)).isEmpty();
    for (int vmpl : new int[] {1, 3, 4, -1}) {
      Bytes report = MILAN.report(VCEK, bytes -> bytes.putInt(0x30, vmpl));

      assertThat(
              reasons(
                  new SnpAppraiser(MILAN::roots), report, collateral(MILAN.vcek()), NOW, zeroOnly))
          .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
    }
    assertThat(reasons(MILAN, MILAN.report(VCEK, r -> r.putInt(0x30, 4)), MILAN.vcek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
  }

  @Test
  void judgesHyperthreading() {
    SnpPolicy without = new SnpPolicy(Map.of(), 0, levels(), false, false, true);
    Bytes neither = MILAN.report(VCEK, report -> report.putLong(0x08, 0x2_0000).putLong(0x40, 0));
    Bytes allowed = MILAN.report(VCEK, report -> report.putLong(0x08, 0x3_0000).putLong(0x40, 0));
    Bytes on = MILAN.report(VCEK, report -> report.putLong(0x08, 0x2_0000).putLong(0x40, 1));

    assertThat(reasonsWith(without, neither, MILAN.vcek())).isEmpty();
    assertThat(reasonsWith(without, allowed, MILAN.vcek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
    assertThat(reasonsWith(without, on, MILAN.vcek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
  }

  @Test
  void judgesMigration() {
    Bytes report = policyBits(0x7_0000);

    assertThat(reasonsWith(SnpPolicy.ANY, report, MILAN.vcek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
    assertThat(
            reasonsWith(
                new SnpPolicy(Map.of(), 0, levels(), true, true, true), report, MILAN.vcek()))
        .isEmpty();
  }

  @Test
  void judgesKeysOfProviders() {
    SnpPolicy chipsOnly = new SnpPolicy(Map.of(), 0, levels(), true, false, false);

    assertThat(reasonsWith(chipsOnly, MILAN.report(VCEK), MILAN.vcek())).isEmpty();
    assertThat(reasonsWith(chipsOnly, MILAN.report(VLEK), MILAN.vlek()))
        .containsExactly(Reason.ATTRIBUTES_NOT_ALLOWED);
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    SnpPolicy strict =
        new SnpPolicy(Map.of("Milan", Map.of("snp", 255)), 8, Set.of(1), false, false, false);

    assertThat(reasonsWith(strict, policyBits(0x8_0000), Bytes.of(new byte[] {1})))
        .containsExactly(
            Reason.CERTIFICATE_INVALID,
            Reason.DEBUG_ENABLED,
            Reason.ATTRIBUTES_NOT_ALLOWED,
            Reason.SVN_TOO_LOW);
  }

  private static Bytes policyBits(long bits) {
    return MILAN.report(VCEK, report -> report.putLong(0x08, bits));
  }

  private static Bytes changed(TestPlatform platform, int at) {
    return platform.report(
        VCEK, (ByteBuffer report) -> report.put(at, (byte) (report.get(at) ^ 1)));
  }

  private static Set<Integer> levels() {
    return Set.of(0, 1, 2, 3);
  }

  private static SnpPolicy minimum(String product, String component, int least) {
    return new SnpPolicy(Map.of(product, Map.of(component, least)), 0, levels(), true, false, true);
  }

  private List<Reason> reasonsWithMinimum(
      TestPlatform platform, String product, String component, int least) {
    return reasons(
        new SnpAppraiser(platform::roots),
        platform.report(VCEK),
        collateral(platform.vcek()),
        NOW,
        minimum(product, component, least));
  }

  private List<Reason> reasonsWith(SnpPolicy policy) {
    return reasonsWith(policy, MILAN.report(VCEK), MILAN.vcek());
  }

  private List<Reason> reasonsWith(SnpPolicy policy, Bytes report, Bytes vek) {
    return reasons(new SnpAppraiser(MILAN::roots), report, collateral(vek), NOW, policy);
  }

  private List<Reason> reasonsWithList(Bytes list) {
    return reasonsWithList(MILAN.report(VCEK), MILAN.vcek(), list);
  }

  private List<Reason> reasonsWithList(Bytes report, Bytes vek, Bytes list) {
    Map<String, Bytes> collateral = collateral(vek);
    collateral.put(CollateralName.VEK_CRL, list);
    return reasons(MILAN.roots(), report, collateral);
  }

  private List<Reason> reasons(TestPlatform platform, Bytes report, Bytes vek) {
    return reasons(platform.roots(), report, collateral(vek));
  }

  private List<Reason> reasons(AmdRoots roots, Bytes report, Map<String, Bytes> collateral) {
    return reasons(new SnpAppraiser(() -> roots), report, collateral, NOW, SnpPolicy.ANY);
  }

  private List<Reason> reasons(
      SnpAppraiser appraiser,
      Bytes report,
      Map<String, Bytes> collateral,
      Instant time,
      SnpPolicy snp) {
    Checks checks = new Checks();
    claims =
        appraiser.appraise(
            report, new Collateral(collateral), TimeInterval.at(time), policy(snp), checks);
    return checks.answers().stream()
        .map(Check::failure)
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  private static Policy policy(SnpPolicy snp) {
    return new Policy(
        "test",
        Set.of(TeeKind.SNP),
        Set.of(),
        Map.of(),
        new PlatformPolicy(TcbPolicy.STRICT, SgxPolicy.STRICT, TdxPolicy.ANY, snp));
  }

  private static Map<String, Bytes> collateral(Bytes vek) {
    Map<String, Bytes> collateral = new HashMap<>();
    collateral.put(CollateralName.VEK, vek);
    return collateral;
  }

  private static Map<String, Bytes> extensionsOf(TestPlatform platform) {
    Map<String, Bytes> extensions = new HashMap<>();
    platform.vcek(extensions::putAll);
    return extensions;
  }

  private static Bytes pem(X509Certificate... certificates) {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder().encodeToString(encoded(certificate).copy()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Bytes.of(pem.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
