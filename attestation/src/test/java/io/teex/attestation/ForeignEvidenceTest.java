package io.teex.attestation;

import static io.teex.attestation.ForeignForms.claims;
import static io.teex.attestation.ForeignForms.dice;
import static io.teex.attestation.ForeignForms.envelope;
import static io.teex.attestation.ForeignForms.join;
import static io.teex.attestation.ForeignForms.octets;
import static io.teex.attestation.ForeignForms.spki;
import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.ForeignEvidence.Format;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates as Gramine, dstack and others make them. */
final class ForeignEvidenceTest {
  private static final String DICE = RaTls.EVIDENCE_OID;
  private static final String LEGACY = ForeignCertificate.GRAMINE_LEGACY_OID;
  private static final String QUOTE = ForeignCertificate.DSTACK_QUOTE_OID;
  private static final String EVENT_LOG = ForeignCertificate.DSTACK_EVENT_LOG_OID;
  private static final String ENVELOPE = ForeignCertificate.DSTACK_ENVELOPE_OID;
  private static final String CMW = ForeignCertificate.CMW_OID;
  private static final byte[] SGX = quote(0, 4_000);
  private static final byte[] TDX = quote(0x81, 5_000);
  private static final byte[] LOG = "[]".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;
  private final KeyPair key = P256.generate(RANDOM);

  private static byte[] quote(int tee, int size) {
    byte[] quote = new byte[size];
    quote[0] = 4;
    quote[2] = 2;
    quote[4] = (byte) tee;
    return quote;
  }

  private ForeignEvidence foreign(Extension... extensions) {
    return RaTls.foreign(certificate(key, extensions)).orElseThrow();
  }

  @Test
  void readsWhatGramineWrites() {
    ForeignEvidence found = foreign(extension(DICE, dice(SGX, claims(key))));

    assertThat(found.format()).isEqualTo(Format.GRAMINE);
    assertThat(found.evidence()).isEqualTo(new Evidence(TeeKind.SGX, Bytes.of(SGX)));
    assertThat(found.bound().value().copy())
        .isEqualTo(Arrays.copyOf(Sha256.hash(claims(key)).copy(), 64));
    assertThat(found.alongside()).isEqualTo(Collateral.none());
  }

  @Test
  void readsWhatGramineWroteBefore() {
    ForeignEvidence found = foreign(extension(LEGACY, SGX));

    assertThat(found.format()).isEqualTo(Format.GRAMINE_LEGACY);
    assertThat(found.evidence().bytes()).isEqualTo(Bytes.of(SGX));
    assertThat(found.bound().value().copy())
        .isEqualTo(Arrays.copyOf(Sha256.hash(spki(key)).copy(), 64));
  }

  @Test
  void prefersTheNewerOfGraminesTwo() {
    ForeignEvidence found =
        foreign(extension(LEGACY, TDX), extension(DICE, dice(SGX, claims(key))));

    assertThat(found.format()).isEqualTo(Format.GRAMINE);
    assertThat(found.evidence().kind()).isEqualTo(TeeKind.SGX);
  }

  @Test
  void readsWhatDstackWrites() throws Exception {
    ForeignEvidence found = foreign(wrapped(QUOTE, TDX), wrapped(EVENT_LOG, LOG));

    MessageDigest digest = MessageDigest.getInstance("SHA-512");
    digest.update("ratls-cert:".getBytes(StandardCharsets.US_ASCII));
    assertThat(found.format()).isEqualTo(Format.DSTACK);
    assertThat(found.evidence()).isEqualTo(new Evidence(TeeKind.TDX, Bytes.of(TDX)));
    assertThat(found.bound().value().copy()).isEqualTo(digest.digest(spki(key)));
    assertThat(found.alongside().find(CollateralName.EVENT_LOG)).contains(Bytes.of(LOG));
  }

  @Test
  void unpacksTheLogOfDstack() {
    byte[] garbage = "ELGZv1..".getBytes(StandardCharsets.US_ASCII);
    byte[] bomb = ForeignForms.gzipped(new byte[Collateral.EVENT_LOG_SIZE_MAX + 1]);

    assertThat(
            foreign(wrapped(QUOTE, TDX), wrapped(EVENT_LOG, ForeignForms.gzipped(LOG)))
                .alongside()
                .find(CollateralName.EVENT_LOG))
        .contains(Bytes.of(LOG));
    assertRefused("cannot be unpacked", wrapped(QUOTE, TDX), wrapped(EVENT_LOG, garbage));
    assertRefused("when unpacked", wrapped(QUOTE, TDX), wrapped(EVENT_LOG, bomb));
  }

  @Test
  void keysOfOtherKindsAreReadToo() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(384);
    KeyPair larger = generator.generateKeyPair();
    X509v3CertificateBuilder builder = builder(larger, extension(LEGACY, SGX));

    X509Certificate certificate = Certificates.sign(builder, key, RANDOM);

    assertThat(RaTls.foreign(certificate).orElseThrow().bound().value().copy())
        .isEqualTo(Arrays.copyOf(Sha256.hash(spki(larger)).copy(), 64));
  }

  @Test
  void genuineQuotesAreToldApart() {
    Bytes sgx = VectorCase.of("sgx/teepot-sgx-00606a000000").file("quote.bin");
    Bytes tdx = VectorCase.of("tdx/dcap-qvl-tdx-b0c06f000000").file("quote.bin");

    assertThat(foreign(extension(LEGACY, sgx.copy())).evidence().kind()).isEqualTo(TeeKind.SGX);
    assertThat(foreign(wrapped(QUOTE, tdx.copy()), wrapped(EVENT_LOG, LOG)).evidence().kind())
        .isEqualTo(TeeKind.TDX);
  }

  @Test
  void ourOwnCertificatesAndPlainOnesAreNotForeign() {
    Simulation simulation = new Simulation(directory.resolve("platform"));
    X509Certificate ours =
        RaTls.issue(key, Role.WORKER, simulation.worker, NOW, Duration.ofHours(1), RANDOM);

    assertThat(RaTls.foreign(ours)).isEmpty();
    assertThat(RaTls.foreign(certificate(key))).isEmpty();
  }

  @Test
  void channelsTakeNoneOfThem() {
    X509Certificate gramine = certificate(key, extension(DICE, dice(SGX, claims(key))));
    X509Certificate dstack = certificate(key, wrapped(QUOTE, TDX), wrapped(EVENT_LOG, LOG));

    assertThatThrownBy(() -> RaTls.evidence(gramine)).isInstanceOf(TeexException.class);
    assertThatThrownBy(() -> RaTls.evidence(dstack)).isInstanceOf(TeexException.class);
  }

  @Test
  void claimsAboutAnotherKeyAreNotWhatTheQuoteHasToVouchFor() {
    byte[] theirs = claims(P256.generate(RANDOM));

    ReportData bound = foreign(extension(DICE, dice(SGX, theirs))).bound();

    assertThat(bound.value().copy())
        .isNotEqualTo(Arrays.copyOf(Sha256.hash(theirs).copy(), 64))
        .isEqualTo(Arrays.copyOf(Sha256.hash(claims(key)).copy(), 64));
  }

  @Test
  void refusesClaimsThatNameTheKeyInAnotherPlaceThanWhereItCounts() {
    byte[] hash = Sha256.hash(spki(P256.generate(RANDOM))).copy();
    byte[] claims =
        join(
            0xa2,
            ForeignForms.text("a"),
            octets(hash),
            ForeignForms.text("pubkey-hash"),
            octets(join(0x82, new byte[] {1}, octets(hash))));

    assertRefused("another key", extension(DICE, dice(SGX, claims)));
  }

  @Test
  void readsDstacksEnvelopeOfEveryPlatformThatIsKnown() {
    byte[] nitro = {(byte) 0x84, 0x44};
    byte[] snp = new byte[1184];

    assertEnvelope(TeeKind.TDX, TDX, envelope("tdx", "quote", TDX));
    assertEnvelope(TeeKind.NITRO, nitro, envelope("nitro-enclave", "nsm_quote", nitro));
    assertEnvelope(TeeKind.SNP, snp, ForeignForms.snpEnvelope(snp, new byte[] {1}));
    assertEnvelope(TeeKind.TDX, TDX, ForeignForms.oldEnvelope(0, TDX));
    assertEnvelope(TeeKind.NITRO, TDX, ForeignForms.oldEnvelope(2, TDX));
    assertEnvelope(TeeKind.SNP, snp, ForeignForms.oldEnvelope(3, snp));
  }

  private void assertEnvelope(TeeKind kind, byte[] evidence, byte[] envelope) {
    ForeignEvidence found = foreign(wrapped(ENVELOPE, envelope));

    assertThat(found.format()).isEqualTo(Format.DSTACK_ENVELOPE);
    assertThat(found.evidence()).isEqualTo(new Evidence(kind, Bytes.of(evidence)));
    assertThat(found.bound())
        .isEqualTo(foreign(wrapped(QUOTE, TDX), wrapped(EVENT_LOG, LOG)).bound());
    assertThat(found.alongside()).isEqualTo(Collateral.none());
  }

  @Test
  void takesThePlatformsCertificateOutOfDstacksEnvelope() throws Exception {
    byte[] vek =
        Certificates.sign(
                Certificates.builder(
                    "CN=x", "CN=SEV-VCEK", key.getPublic(), NOW, NOW.plusSeconds(60), RANDOM),
                key,
                RANDOM)
            .getEncoded();

    assertThat(
            foreign(wrapped(ENVELOPE, ForeignForms.snpEnvelope(new byte[1184], vek)))
                .alongside()
                .find(CollateralName.VEK))
        .contains(Bytes.of(vek));
  }

  @Test
  void refusesEnvelopesThatAreNotKnown() {
    byte[] known = envelope("tdx", "quote", TDX);
    byte[] version2 = known.clone();
    version2[9] = 2;

    assertRefused("empty", wrapped(ENVELOPE, new byte[0]));
    assertRefused("MessagePack: expected a map", wrapped(ENVELOPE, TDX));
    assertRefused("version 2", wrapped(ENVELOPE, version2));
    assertRefused("quote is missing", wrapped(ENVELOPE, envelope("tdx", "report", TDX)));
    assertRefused("platform gcp-tdx", wrapped(ENVELOPE, envelope("gcp-tdx", "quote", TDX)));
    assertRefused("platform number 4", wrapped(ENVELOPE, ForeignForms.oldEnvelope(4, TDX)));
    assertRefused("cut off", wrapped(ENVELOPE, Arrays.copyOf(known, known.length - 1)));
    assertRefused("too many", wrapped(ENVELOPE, Arrays.copyOf(known, known.length + 1)));
    assertRefused(
        "bytes of evidence", wrapped(ENVELOPE, envelope("tdx", "quote", new byte[20_000])));
  }

  @Test
  void readsTheReportOfAGuestOutOfAConceptualMessage() {
    String record = ForeignForms.record(ForeignForms.TSM_JSON, "tdx_guest\\n", TDX);
    byte[] cbor = ForeignForms.recordCbor(ForeignForms.TSM_CBOR, "sev_guest", TDX, 4);

    assertMessage(TeeKind.TDX, ForeignForms.json(record));
    assertMessage(
        TeeKind.TDX, ForeignForms.json("{\"__cmwc_t\":\"1.2.3\",\"cpu\":%s}".formatted(record)));
    assertMessage(TeeKind.SNP, ForeignForms.cbor(cbor));
    assertMessage(TeeKind.SNP, ForeignForms.cbor(join(0xa1, ForeignForms.text("cpu"), cbor)));
  }

  private void assertMessage(TeeKind kind, byte[] message) {
    ForeignEvidence found = foreign(extension(CMW, message));

    assertThat(found.format()).isEqualTo(Format.CMW);
    assertThat(found.evidence()).isEqualTo(new Evidence(kind, Bytes.of(TDX)));
    assertThat(found.bound()).isEqualTo(foreign(extension(LEGACY, SGX)).bound());
  }

  @Test
  void refusesConceptualMessagesThatAreNotKnown() {
    String record = ForeignForms.record(ForeignForms.TSM_JSON, "tdx_guest", TDX);
    String other = ForeignForms.record("application/eat+jwt", "tdx_guest", TDX);
    byte[] cbor = ForeignForms.recordCbor(ForeignForms.TSM_CBOR, "sev_guest", TDX, 1);

    assertRefused("type application/eat+jwt", extension(CMW, ForeignForms.json(other)));
    assertRefused(
        "provider arm_cca_guest",
        extension(
            CMW,
            ForeignForms.json(ForeignForms.record(ForeignForms.TSM_JSON, "arm_cca_guest", TDX))));
    assertRefused(
        "found 2",
        extension(CMW, ForeignForms.json("{\"a\":%s,\"b\":%s}".formatted(record, record))));
    assertRefused("found 0", extension(CMW, ForeignForms.cbor(cbor)));
    assertRefused("found 0", extension(CMW, ForeignForms.json("{}")));
    assertRefused("indicator", extension(CMW, ForeignForms.json(record.replace("]", ",0]"))));
    assertRefused("not JSON", extension(CMW, ForeignForms.json("[")));
    assertRefused("neither", extension(CMW, ForeignForms.json("\"text\"")));
    assertRefused("record", extension(CMW, ForeignForms.json("[1,2]")));
    assertRefused("Base64", extension(CMW, ForeignForms.json("[\"a\",\"+/\"]")));
    assertRefused(
        "deeper", extension(CMW, ForeignForms.json("{\"a\":".repeat(6) + record + "}".repeat(6))));
    assertRefused("UTF8String", extension(CMW, new byte[] {5, 0}));
    assertRefused("DER", extension(CMW, TDX));
    assertRefused(
        "content format of CBOR tag 1668547081",
        extension(
            CMW, ForeignForms.cbor(join(0xda, new byte[] {0x63, 0x74, 0x02, 0x09}, octets(TDX)))));
  }

  @Test
  void refusesWhatIsOnlySimilar() {
    byte[] longer = Arrays.copyOf(dice(SGX, claims(key)), dice(SGX, claims(key)).length + 1);
    byte[] otherTag = dice(SGX, claims(key));
    otherTag[2]++;
    byte[] otherHash = claims(key);
    otherHash[otherHash.length - 36] = 2;

    assertRefused("too many", extension(DICE, longer));
    assertRefused("60000", extension(DICE, otherTag));
    assertRefused("pubkey-hash", extension(DICE, dice(SGX, otherHash)));
    assertRefused("pubkey-hash", extension(DICE, dice(SGX, new byte[] {(byte) 0xa0})));
    assertRefused("no CBOR map", extension(DICE, dice(SGX, new byte[] {0})));
    assertRefused("no quote", extension(LEGACY, new byte[47]));
    assertRefused("unknown TEE", extension(LEGACY, quote(1, 400)));
    assertRefused("bytes", extension(LEGACY, quote(0, Evidence.SIZE_MAX + 1)));
    assertRefused(EVENT_LOG, wrapped(QUOTE, TDX));
    assertRefused("extension", extension(QUOTE, TDX), wrapped(EVENT_LOG, LOG));
  }

  @Test
  void refusesTwoKindsAtOnceAndUnknownOnes() {
    assertRefused("several", wrapped(QUOTE, TDX), wrapped(EVENT_LOG, LOG), extension(LEGACY, SGX));
    assertRefused("several", wrapped(QUOTE, TDX), wrapped(EVENT_LOG, LOG), wrapped(ENVELOPE, TDX));
    assertRefused("several", extension(CMW, TDX), extension(LEGACY, SGX));
    assertRefused("not known", extension("1.2.840.113741.1337.6", SGX));
  }

  @Test
  void noBytesMakeItFailOtherwise() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] genuine = dice(Arrays.copyOf(SGX, 60), claims(key));
    for (int i = 0; i < 300; i++) {
      byte[] spoilt = Arrays.copyOf(genuine, random.nextInt(genuine.length + 1));
      for (int change = 0; change < 3 && spoilt.length > 0; change++) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }
      String oid = new String[] {DICE, LEGACY, QUOTE, ENVELOPE, CMW}[random.nextInt(5)];
      X509Certificate certificate =
          certificate(key, extension(oid, spoilt), extension(EVENT_LOG, spoilt));
      try {
        assertThat(RaTls.foreign(certificate)).isNotNull();
      } catch (TeexException e) {
        assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
      }
    }
  }

  private void assertRefused(String message, Extension... extensions) {
    X509Certificate certificate = certificate(key, extensions);
    assertThatThrownBy(() -> RaTls.foreign(certificate))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED))
        .hasMessageContaining(message);
  }

  private record Extension(String oid, Bytes content) {}

  private static Extension extension(String oid, byte[] content) {
    return new Extension(oid, Bytes.of(content));
  }

  private static Extension wrapped(String oid, byte[] content) {
    return extension(oid, ForeignForms.cbor(content));
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
            new ASN1ObjectIdentifier(extension.oid()), false, extension.content().copy());
      }
      return builder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
