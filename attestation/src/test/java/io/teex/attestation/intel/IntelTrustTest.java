package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Reason;
import io.teex.protocol.TeeKind;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains, revocation and identities, under a root of the test's own. */
final class IntelTrustTest {
  private final FakePlatform platform = new FakePlatform(TeeKind.TDX, 4);

  @ParameterizedTest
  @CsvSource({"SGX, 3", "SGX, 4", "SGX, 5", "TDX, 4", "TDX, 5"})
  void acceptsWhatTheRootLeadsTo(TeeKind kind, int version) {
    FakePlatform.Result result = new FakePlatform(kind, version).appraise();

    assertThat(result.reasons()).isEmpty();
    assertThat(result.claims().kind()).isEqualTo(kind);
    assertThat(result.claims().platformId().toHex()).isEqualTo("ab".repeat(16));
  }

  @Test
  void acceptsTheFirstTdReportInAQuoteOfVersion5() {
    FakePlatform old = new FakePlatform(TeeKind.TDX, 5);
    old.bodyType = 2;

    assertThat(old.appraise().reasons()).isEmpty();
  }

  @Test
  void refusesABodyThatIsNotOfTheQuotesKind() {
    FakePlatform mixed = new FakePlatform(TeeKind.TDX, 5);
    mixed.bodyType = 1;

    refuses(mixed, Reason.MALFORMED);
  }

  @Test
  void refusesARootOfTheSameNameWithAnotherKey() {
    platform.pinned = IntelRoot.KEY;

    assertThat(platform.appraise().reasons()).contains(Reason.UNTRUSTED_ROOT);
    assertThat(platform.appraise().claims().platformId().isEmpty()).isTrue();
  }

  @Test
  void refusesDocumentsUnderARootOfTheSameName() {
    platform.documentRoot = Optional.of(FakeAuthority.of("Intel SGX Root CA"));

    refuses(platform, Reason.UNTRUSTED_ROOT);
  }

  @Test
  void refusesCertificationDataOtherThanAChain() {
    for (int type : new int[] {0, 1, 2, 3, 4, 6, 7, 8}) {
      platform.certificationType = type;

      refuses(platform, Reason.UNSUPPORTED_CERTIFICATION_DATA);
      assertThat(platform.appraise().claims().fields()).containsKey("mrtd");
    }
    platform.certificationType = 5;
    platform.outerCertificationType = 5;
    refuses(platform, Reason.UNSUPPORTED_CERTIFICATION_DATA);
  }

  @Test
  void refusesWhoeverTheListsHaveRevoked() {
    platform.pckCrl =
        Optional.of(
            platform.issuer.crl(FakePlatform.WINDOW, BigInteger.ONE, FakePlatform.PCK_SERIAL));
    refuses(platform, Reason.CERTIFICATE_REVOKED);

    platform.pckCrl = Optional.empty();
    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.ISSUER_SERIAL));
    refuses(platform, Reason.CERTIFICATE_REVOKED);

    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.TCB_SIGNER_SERIAL));
    refuses(platform, Reason.CERTIFICATE_REVOKED);

    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, FakePlatform.QE_SIGNER_SERIAL));
    refuses(platform, Reason.CERTIFICATE_REVOKED);

    platform.rootCrl =
        Optional.of(platform.root.crl(FakePlatform.WINDOW, BigInteger.ONE, BigInteger.TEN));
    assertThat(platform.appraise().reasons()).isEmpty();
  }

  @Test
  void refusesARevocationAlsoWhereTheSameCollateralWasGoodBefore() {
    IntelAppraiser appraiser = new IntelAppraiser(TeeKind.TDX, platform.pinned);
    assertThat(platform.appraise(appraiser).reasons()).isEmpty();

    platform.pckCrl =
        Optional.of(platform.issuer.crl(FakePlatform.WINDOW, FakePlatform.PCK_SERIAL));

    assertThat(platform.appraise(appraiser).reasons()).containsExactly(Reason.CERTIFICATE_REVOKED);
  }

  @Test
  void refusesListsThatAreNotOfTheRightIssuer() {
    platform.pckCrl = Optional.of(platform.root.crl(FakePlatform.WINDOW));
    refuses(platform, Reason.COLLATERAL_SIGNATURE_INVALID);

    platform.pckCrl =
        Optional.of(
            new FakeAuthority("CN=Intel SGX PCK Processor CA", platform.issuer.key())
                .crl(FakePlatform.WINDOW));
    refuses(platform, Reason.COLLATERAL_MISMATCH);

    platform.pckCrl = Optional.empty();
    platform.rootCrl = Optional.of(FakeAuthority.of("Intel SGX Root CA").crl(FakePlatform.WINDOW));
    refuses(platform, Reason.COLLATERAL_SIGNATURE_INVALID);
  }

  @Test
  void refusesListsThatAreNotWholeOrNoLists() {
    platform.pckCrl =
        Optional.of(
            platform.issuer.crl(
                FakePlatform.WINDOW,
                builder ->
                    builder.addExtension(
                        Extension.issuingDistributionPoint,
                        true,
                        new IssuingDistributionPoint(null, true, false))));
    refuses(platform, Reason.MALFORMED);

    platform.pckCrl =
        Optional.of(
            platform.issuer.crl(
                FakePlatform.WINDOW,
                builder ->
                    builder.addExtension(
                        Extension.deltaCRLIndicator, false, new CRLNumber(BigInteger.ONE))));
    refuses(platform, Reason.MALFORMED);

    platform.pckCrl = Optional.of(new byte[] {0x30, 0});
    refuses(platform, Reason.MALFORMED);

    byte[] good = platform.issuer.crl(FakePlatform.WINDOW);
    platform.pckCrl = Optional.of(java.util.Arrays.copyOf(good, good.length + 1));
    refuses(platform, Reason.MALFORMED);
  }

  @Test
  void refusesListsAndSignersOutsideOfTheirTime() {
    Window past = new Window(Instant.EPOCH, FakePlatform.NOW.minusSeconds(1));
    Window future = new Window(FakePlatform.NOW.plusSeconds(1), FakePlatform.WINDOW.to());

    platform.pckCrl = Optional.of(platform.issuer.crl(past));
    refuses(platform, Reason.COLLATERAL_EXPIRED);
    platform.pckCrl = Optional.of(platform.issuer.crl(future));
    refuses(platform, Reason.COLLATERAL_NOT_YET_VALID);
    platform.pckCrl = Optional.empty();
    platform.rootCrl = Optional.of(platform.root.crl(past));
    refuses(platform, Reason.COLLATERAL_EXPIRED);
    platform.rootCrl = Optional.empty();
    platform.documentSigner = certificate -> certificate.withWindow(past);
    refuses(platform, Reason.COLLATERAL_EXPIRED);
    platform.documentSigner = certificate -> certificate;
    for (Window window : List.of(past, future)) {
      platform.pck = certificate -> certificate.withWindow(window);
      refuses(platform, Reason.CERTIFICATE_EXPIRED);
      platform.pck = certificate -> certificate;
      platform.pckIssuer = certificate -> certificate.withWindow(window);
      refuses(platform, Reason.CERTIFICATE_EXPIRED);
      platform.pckIssuer = certificate -> certificate;
    }
  }

  @Test
  void refusesCertificatesOfOtherNamesAndPowers() {
    platform.pck = certificate -> certificate.withSubject("CN=Intel SGX Something");
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck = certificate -> certificate.withSubject("O=Intel Corporation");
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck = certificate -> certificate.withAuthority(true);
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck = certificate -> certificate.withUsage(KeyUsage.keyAgreement);
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck = certificate -> certificate.withKey(keyOfAnotherCurve());
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck =
        certificate ->
            certificate.with(builder ->
                builder.addExtension(
                    new ASN1ObjectIdentifier("1.2.3.4"), true, new ASN1Integer(1)));
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pck = certificate -> certificate;
    platform.pckIssuerName = Optional.of("CN=Intel SGX PCK Processor CA");
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pckIssuerName = Optional.empty();

    platform.pckIssuer = certificate -> certificate.withAuthority(false);
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pckIssuer = certificate -> certificate.withUsage(KeyUsage.keyCertSign);
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pckIssuer = certificate -> certificate.withUsage(KeyUsage.cRLSign);
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pckIssuer = certificate -> certificate;

    platform.documentSigner = certificate -> certificate.withSubject("CN=Intel SGX Other");
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.documentSigner = certificate -> certificate.withAuthority(true);
    refuses(platform, Reason.CERTIFICATE_INVALID);

    FakePlatform issuer = new FakePlatform(TeeKind.TDX, 4);
    issuer.issuer = FakeAuthority.of("Intel SGX PCK Other CA");
    refuses(issuer, Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesPckExtensionsThatAreNotExactlyAsSpecified() {
    refusesFields(fields -> fields.remove(0));
    refusesFields(fields -> fields.add(fields.get(0)));
    refusesFields(fields -> fields.add(FakePlatform.field("9", new DEROctetString(new byte[1]))));
    refusesFields(
        fields -> fields.set(0, FakePlatform.field("1", new DEROctetString(new byte[15]))));
    refusesFields(fields -> fields.set(3, FakePlatform.field("4", new ASN1Integer(4))));
    refusesFields(fields -> fields.set(4, FakePlatform.field("5", new ASN1Integer(1))));
    refusesFields(fields -> fields.set(0, new ASN1Integer(1)));
    platform.pckFields = fields -> fields;
    platform.components = new int[] {5, 5, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 256};
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.components = new int[] {5, 5, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, -1};
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.components = new int[15];
    refuses(platform, Reason.CERTIFICATE_INVALID);
    platform.pckExtension = der -> new byte[0];
    refuses(platform, Reason.CERTIFICATE_INVALID);
  }

  @Test
  void acceptsWhatThePlatformAuthorityAddsToTheExtension() {
    platform.pckFields =
        fields -> {
          fields.add(FakePlatform.field("6", new DEROctetString(new byte[16])));
          fields.add(FakePlatform.field("7", new org.bouncycastle.asn1.DERSequence()));
          return fields;
        };

    assertThat(platform.appraise().reasons()).isEmpty();
  }

  @Test
  void refusesAQuotingEnclaveThatCanBeDebugged() {
    platform.qeReport = report -> report[48] |= 2;

    assertThat(platform.appraise().reasons())
        .containsExactlyInAnyOrder(Reason.QE_IDENTITY_MISMATCH, Reason.DEBUG_ENABLED);

    platform.qeIdentity = text -> text.replace("\"FBFFFFFFFFFFFFFF0000", "\"F9FFFFFFFFFFFFFF0000");
    refuses(platform, Reason.DEBUG_ENABLED);
  }

  @Test
  void refusesAnotherEnclaveThanTheQuotingEnclave() {
    for (int at : new int[] {16, 55, 128, 159, 256}) {
      platform.qeReport = report -> report[at] ^= 1;

      refuses(platform, Reason.QE_IDENTITY_MISMATCH);
    }
  }

  @Test
  void refusesAQuotingEnclaveBelowEveryLevel() {
    platform.qeReport = report -> report[258] = 7;

    refuses(platform, Reason.QE_IDENTITY_MISMATCH);
  }

  @Test
  void refusesAQuotingEnclaveThatVouchesForMoreThanTheKey() {
    platform.qeReport = report -> report[383] = 1;

    refuses(platform, Reason.QE_BINDING_INVALID);
  }

  @Test
  void refusesDocumentsOfOtherVersionsAndShapes() {
    refusesTcbInfo("\"version\":3", "\"version\":2", Reason.UNSUPPORTED_VERSION);
    refusesTcbInfo("\"tcbType\":0", "\"tcbType\":1", Reason.UNSUPPORTED_VERSION);
    refusesTcbInfo("\"tcbType\":0,", "", Reason.MALFORMED);
    refusesTcbInfo("\"pceId\":\"0000\"", "\"pceId\":\"000\"", Reason.MALFORMED);
    refusesTcbInfo("\"pceId\":\"0000\"", "\"pceId\":\"0x00\"", Reason.MALFORMED);
    refusesTcbInfo("\"pceId\":\"0000\"", "\"pceId\":\"0001\"", Reason.COLLATERAL_MISMATCH);
    refusesTcbInfo("\"pceId\"", "\"pceId\":\"0000\",\"pceId\"", Reason.MALFORMED);
    refusesTcbInfo("\"id\":\"TDX\"", "\"id\":\"SGX\"", Reason.COLLATERAL_MISMATCH);
    refusesTcbInfo("\"id\":\"TDX\"", "\"id\":\"TDY\"", Reason.MALFORMED);
    refusesTcbInfo("UpToDate", "Splendid", Reason.MALFORMED);
    refusesTcbInfo("\"pcesvn\":11", "\"pcesvn\":\"11\"", Reason.MALFORMED);
    refusesTcbInfo("\"pcesvn\":11", "\"pcesvn\":-1", Reason.MALFORMED);
    refusesTcbInfo("\"pcesvn\":11", "\"pcesvn\":99999999999999999999", Reason.MALFORMED);
    refusesTcbInfo("{\"svn\":0},", "", Reason.MALFORMED);
    refusesTcbInfo("00806F050000", "00806F050001", Reason.COLLATERAL_MISMATCH);
    refusesTcbInfo("}]}", "}]} ,", Reason.MALFORMED);
    refusesTcbInfo("T12:00:00Z", "T25:00:00Z", Reason.MALFORMED);
    refusesTcbInfo("\"TDX_01\"", "null", Reason.MALFORMED);
    platform.tcbInfo = text -> "[".repeat(1_000) + "]".repeat(1_000);
    refuses(platform, Reason.MALFORMED);
    platform.tcbInfo = text -> text;
    platform.qeIdentity = text -> text.replace("\"TD_QE\"", "\"QE\"");
    refuses(platform, Reason.COLLATERAL_MISMATCH);
    platform.qeIdentity = text -> text.replace("\"version\":2", "\"version\":1");
    refuses(platform, Reason.UNSUPPORTED_VERSION);
    platform.qeIdentity = text -> text.replace("\"UpToDate\"", "\"ConfigurationNeeded\"");
    refuses(platform, Reason.MALFORMED);
  }

  @Test
  void acceptsKeysThatIntelMayAddToItsDocuments() {
    platform.tcbInfo = text -> text.replace("\"tcbType\"", "\"new\":{\"a\":[1,true]},\"tcbType\"");

    assertThat(platform.appraise().reasons()).isEmpty();
  }

  private static PublicKey keyOfAnotherCurve() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp384r1"));
      return generator.generateKeyPair().getPublic();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void refusesTcbInfo(String part, String other, Reason reason) {
    platform.tcbInfo =
        text -> {
          String changed = text.replaceFirst(java.util.regex.Pattern.quote(part), other);
          assertThat(changed).isNotEqualTo(text);
          return changed;
        };
    refuses(platform, reason);
    platform.tcbInfo = text -> text;
  }

  private interface FieldsChange {
    void apply(List<ASN1Encodable> fields);
  }

  private void refusesFields(FieldsChange change) {
    platform.pckFields =
        fields -> {
          change.apply(fields);
          return fields;
        };
    refuses(platform, Reason.CERTIFICATE_INVALID);
  }

  private static void refuses(FakePlatform platform, Reason reason) {
    assertThat(platform.appraise().reasons()).containsExactly(reason);
  }
}
