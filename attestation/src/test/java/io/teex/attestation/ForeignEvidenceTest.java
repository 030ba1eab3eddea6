package io.teex.attestation;

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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates as Gramine and dstack make them. */
final class ForeignEvidenceTest {
  private static final String DICE = RaTls.EVIDENCE_OID;
  private static final String LEGACY = ForeignCertificate.GRAMINE_LEGACY_OID;
  private static final String QUOTE = ForeignCertificate.DSTACK_QUOTE_OID;
  private static final String EVENT_LOG = ForeignCertificate.DSTACK_EVENT_LOG_OID;
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

  private static byte[] spki(KeyPair key) {
    return key.getPublic().getEncoded();
  }

  private static byte[] claims(KeyPair key) {
    byte[] hash = octets(Sha256.hash(spki(key)).copy());
    return join(0xa1, text("pubkey-hash"), octets(join(0x82, new byte[] {1}, hash)), new byte[0]);
  }

  private static byte[] dice(byte[] quote, byte[] claims) {
    return join(0xd9, new byte[] {(byte) 0xea, 0x60, (byte) 0x82}, octets(quote), octets(claims));
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
  void refusesClaimsAboutAnotherKey() {
    KeyPair other = P256.generate(RANDOM);

    assertRefused("another key", extension(DICE, dice(SGX, claims(other))));
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
    assertRefused("not known", wrapped("1.3.6.1.4.1.62397.1.8", TDX));
    assertRefused("not known", extension("1.3.6.1.5.5.7.1.35", TDX));
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
      String oid = new String[] {DICE, LEGACY, QUOTE}[random.nextInt(3)];
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

  private static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return join(0x60 | utf8.length, utf8);
  }

  private static byte[] octets(byte[] bytes) {
    byte[] size = ByteBuffer.allocate(2).putShort((short) bytes.length).array();
    return join(0x59, size, bytes);
  }

  private static byte[] join(int first, byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private record Extension(String oid, Bytes content) {}

  private static Extension extension(String oid, byte[] content) {
    return new Extension(oid, Bytes.of(content));
  }

  private static Extension wrapped(String oid, byte[] content) {
    try {
      return extension(oid, new DEROctetString(content).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
