package io.teex.attestation.intel;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.P256;
import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A platform below a root of its own, which makes quotes and the collateral for them. All is well
 * with it until a test changes one of its fields, and then with that alone something is wrong.
 */
final class FakePlatform {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Window WINDOW = FakeAuthority.year(NOW);
  static final BigInteger ISSUER_SERIAL = BigInteger.valueOf(0x15);
  static final BigInteger PCK_SERIAL = BigInteger.valueOf(0x9c);
  static final BigInteger TCB_SIGNER_SERIAL = BigInteger.valueOf(0x7c);
  static final BigInteger QE_SIGNER_SERIAL = BigInteger.valueOf(0x7d);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int QE_ISVSVN = 8;
  private static final String FMSPC = "00806f050000";

  final TeeKind kind;
  final int version;

  FakeAuthority root = FakeAuthority.of("Intel SGX Root CA");
  FakeAuthority issuer = FakeAuthority.of("Intel SGX PCK Platform CA");
  FakeAuthority signer = FakeAuthority.of("Intel SGX TCB Signing");

  /** Who vouches for the signer of documents: the root, unless the test wants another. */
  Optional<FakeAuthority> documentRoot = Optional.empty();

  PublicKey pinned = root.key().getPublic();

  /** What the certificates say: of the platform, of its issuer, of the signer of documents. */
  UnaryOperator<FakeAuthority.Certificate> pck = certificate -> certificate;

  UnaryOperator<FakeAuthority.Certificate> pckIssuer = certificate -> certificate;
  UnaryOperator<FakeAuthority.Certificate> documentSigner = certificate -> certificate;

  /** Under whose name the platform's certificate is issued. */
  Optional<String> pckIssuerName = Optional.empty();

  UnaryOperator<List<ASN1Encodable>> pckFields = fields -> fields;

  /** The whole extension, encoded. */
  UnaryOperator<byte[]> pckExtension = der -> der;

  int[] components = {5, 5, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0};
  int pceSvn = 11;

  /** Of the body of a quote: what the test wants to be different from an ordinary one. */
  Consumer<byte[]> body = bytes -> {};

  Consumer<byte[]> qeReport = bytes -> {};
  int bodyType;
  int outerCertificationType = 6;
  int certificationType = 5;

  Optional<byte[]> rootCrl = Optional.empty();
  Optional<byte[]> pckCrl = Optional.empty();
  UnaryOperator<String> tcbInfo = text -> text;
  UnaryOperator<String> qeIdentity = text -> text;
  String levels;
  String qeLevels = isvLevel(QE_ISVSVN, "2026-01-01", "UpToDate");
  String modules =
      module(
          "TDX_01",
          isvLevel(6, "2026-01-01", "UpToDate"),
          isvLevel(4, "2025-01-01", "OutOfDate", "INTEL-SA-00004"));
  PlatformPolicy policy = PlatformPolicy.STRICT;
  TimeInterval time = TimeInterval.at(NOW);

  private final KeyPair pckKey = newKey();
  private final KeyPair attestationKey = newKey();

  FakePlatform(TeeKind kind, int version) {
    this.kind = kind;
    this.version = version;
    this.bodyType = kind == TeeKind.SGX ? 1 : version == 5 ? 3 : 2;
    this.levels = level(5, "2026-01-01", "UpToDate");
  }

  static KeyPair newKey() {
    return P256.generate(RANDOM);
  }

  /** What an appraiser says. */
  record Result(Optional<Claims> found, List<Check> checks) {
    List<Reason> reasons() {
      return checks.stream().flatMap(check -> check.failure().stream()).distinct().toList();
    }

    Claims claims() {
      return found.orElseThrow();
    }
  }

  Result appraise() {
    return appraise(new IntelAppraiser(kind, pinned));
  }

  Result appraise(IntelAppraiser appraiser) {
    Checks checks = new Checks();
    Policy strict = Policy.strict();
    Optional<Claims> claims =
        appraiser.appraise(
            quote(),
            collateral(),
            time,
            new Policy("test", strict.kinds(), strict.simulatedRoots(), Map.of(), policy),
            checks);
    return new Result(claims, checks.answers());
  }

  Bytes quote() {
    byte[] report = new byte[SgxReport.SIZE];
    ByteBuffer qe = little(report);
    report[48] = 0x11;
    Arrays.fill(report, 128, 160, (byte) 0x8c);
    qe.putShort(256, (short) (kind == TeeKind.SGX ? 1 : 2)).putShort(258, (short) QE_ISVSVN);
    byte[] key = point(attestationKey.getPublic());
    byte[] authentication = new byte[32];
    Sha256.hash(key, authentication).value().copyTo(report, 320);
    qeReport.accept(report);
    byte[] chain = chain();

    ByteBuffer certification = buffer();
    certification.put(report).put(FakeAuthority.sign(pckKey.getPrivate(), report));
    certification.putShort((short) authentication.length).put(authentication);
    certification.putShort((short) certificationType).putInt(chain.length).put(chain);

    byte[] signed = signed();
    ByteBuffer data = buffer();
    data.put(FakeAuthority.sign(attestationKey.getPrivate(), signed)).put(key);
    if (version > 3) {
      data.putShort((short) outerCertificationType).putInt(certification.position());
    }
    data.put(taken(certification));

    ByteBuffer quote = buffer();
    quote.put(signed).putInt(data.position());
    quote.put(taken(data));
    return Bytes.of(taken(quote));
  }

  /**
   * The same quote with both signatures made anew over what now stands there, as far as the
   * sections are still where they were; a quote that tells of other lengths is left as it is.
   */
  byte[] signedAnew(byte[] quote) {
    byte[] changed = quote.clone();
    int signature = signed().length + 4;
    int qeReport = signature + 128 + (version > 3 ? 6 : 0);
    if (changed.length >= qeReport + SgxReport.SIZE + 64) {
      sign(changed, 0, signature - 4, attestationKey, signature);
      sign(changed, qeReport, SgxReport.SIZE, pckKey, qeReport + SgxReport.SIZE);
    }
    return changed;
  }

  private static void sign(byte[] quote, int from, int size, KeyPair key, int at) {
    byte[] message = Arrays.copyOfRange(quote, from, from + size);
    System.arraycopy(FakeAuthority.sign(key.getPrivate(), message), 0, quote, at, 64);
  }

  private byte[] signed() {
    ByteBuffer out = buffer();
    out.putShort((short) version).putShort((short) 2);
    out.putInt(kind == TeeKind.TDX ? 0x81 : 0).putInt(0);
    out.put(Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607").copy()).put(new byte[20]);
    byte[] report =
        switch (bodyType) {
          case 1 -> new byte[SgxReport.SIZE];
          case 2 -> new byte[TdReport.SIZE_1_0];
          default -> new byte[TdReport.SIZE_1_5];
        };
    if (bodyType == 1) {
      report[48] = 5;
    } else {
      teeTcbSvn(6, 1, 5).accept(report);
      report[123] = 0x10;
      if (bodyType == 3) {
        System.arraycopy(report, 0, report, TdReport.SIZE_1_0, 16);
      }
    }
    body.accept(report);
    if (version == 5) {
      out.putShort((short) bodyType).putInt(report.length);
    }
    return taken(out.put(report));
  }

  /** Sets TEE_TCB_SVN: the module's SVN and version, and the SVN of the loader. */
  static Consumer<byte[]> teeTcbSvn(int svn, int version, int loader) {
    return report -> {
      report[0] = (byte) svn;
      report[1] = (byte) version;
      report[2] = (byte) loader;
    };
  }

  /** The same of TEE_TCB_SVN_2, which is what runs now. */
  static Consumer<byte[]> teeTcbSvn2(int svn, int version, int loader) {
    return report -> {
      report[TdReport.SIZE_1_0] = (byte) svn;
      report[TdReport.SIZE_1_0 + 1] = (byte) version;
      report[TdReport.SIZE_1_0 + 2] = (byte) loader;
    };
  }

  Collateral collateral() {
    Map<String, Bytes> documents = new HashMap<>();
    documents.put(CollateralName.ROOT_CA_CRL, Bytes.of(rootCrl.orElseGet(() -> root.crl(WINDOW))));
    documents.put(CollateralName.PCK_CRL, Bytes.of(pckCrl.orElseGet(() -> issuer.crl(WINDOW))));
    documents.put(
        CollateralName.PCK_CRL_ISSUER_CHAIN,
        Bytes.of(pem(issuerCertificate(), rootCertificate()).getBytes(StandardCharsets.US_ASCII)));
    sign(
        documents,
        tcbInfo.apply(tcbInfo()),
        List.of(
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.TCB_INFO_ISSUER_CHAIN),
        signerChain(TCB_SIGNER_SERIAL));
    sign(
        documents,
        qeIdentity.apply(qeIdentity()),
        List.of(
            CollateralName.QE_IDENTITY,
            CollateralName.QE_IDENTITY_SIGNATURE,
            CollateralName.QE_IDENTITY_ISSUER_CHAIN),
        signerChain(QE_SIGNER_SERIAL));
    return new Collateral(documents);
  }

  String signerChain(BigInteger serial) {
    FakeAuthority authority = documentRoot.orElse(root);
    return pem(
        authority.issue(
            documentSigner.apply(
                FakeAuthority.Certificate.ofSigner(
                    signer.name(), signer.key().getPublic(), serial))),
        authority.issue(FakeAuthority.Certificate.ofAuthority(authority, BigInteger.TWO)));
  }

  private void sign(Map<String, Bytes> documents, String text, List<String> names, String chain) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    documents.put(names.get(0), Bytes.of(bytes));
    documents.put(names.get(1), Bytes.of(FakeAuthority.sign(signer.key().getPrivate(), bytes)));
    documents.put(names.get(2), Bytes.of(chain.getBytes(StandardCharsets.US_ASCII)));
  }

  private String tcbInfo() {
    return """
    {"id":"%s","version":3,"issueDate":"%s","nextUpdate":"%s","fmspc":"%s","pceId":"0000",\
    "tcbType":0,"tcbEvaluationDataNumber":17,%s"tcbLevels":[%s]}\
    """
        .formatted(
            kind,
            WINDOW.from(),
            WINDOW.to(),
            FMSPC.toUpperCase(java.util.Locale.ROOT),
            kind == TeeKind.TDX
                ? "\"tdxModule\":%s,\"tdxModuleIdentities\":[%s],".formatted(module("TDX"), modules)
                : "",
            levels);
  }

  private String qeIdentity() {
    return """
    {"id":"%s","version":2,"issueDate":"%s","nextUpdate":"%s","tcbEvaluationDataNumber":16,\
    "miscselect":"00000000","miscselectMask":"FFFFFFFF",\
    "attributes":"11000000000000000000000000000000",\
    "attributesMask":"FBFFFFFFFFFFFFFF0000000000000000",\
    "mrsigner":"%s","isvprodid":%d,"tcbLevels":[%s]}\
    """
        .formatted(
            kind == TeeKind.SGX ? "QE" : "TD_QE",
            WINDOW.from(),
            WINDOW.to(),
            "8C".repeat(32),
            kind == TeeKind.SGX ? 1 : 2,
            qeLevels);
  }

  /** A level that wants {@code first} of the platform's first component, and of the SEAM loader. */
  String level(int first, String date, String status, String... advisories) {
    return level(first, first, date, status, advisories);
  }

  /** The same with a number of its own for the SEAM loader. */
  String level(int first, int loader, String date, String status, String... advisories) {
    List<String> sgx = new ArrayList<>();
    List<String> tdx = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      sgx.add("{\"svn\":%d,\"category\":\"BIOS\"}".formatted(i == 0 ? first : 0));
      tdx.add("{\"svn\":%d}".formatted(i == 2 ? loader : 0));
    }
    String extra =
        kind == TeeKind.TDX ? ",\"tdxtcbcomponents\":[%s]".formatted(String.join(",", tdx)) : "";
    return "{\"tcb\":{\"sgxtcbcomponents\":[%s],\"pcesvn\":11%s},%s}"
        .formatted(String.join(",", sgx), extra, rest(date, status, advisories));
  }

  static String isvLevel(int svn, String date, String status, String... advisories) {
    return "{\"tcb\":{\"isvsvn\":%d},%s}".formatted(svn, rest(date, status, advisories));
  }

  private static String rest(String date, String status, String... advisories) {
    return "\"tcbDate\":\"%sT00:00:00Z\",\"tcbStatus\":\"%s\",\"advisoryIDs\":[%s]"
        .formatted(
            date,
            status,
            String.join(",", Arrays.stream(advisories).map(id -> "\"" + id + "\"").toList()));
  }

  static String module(String id, String... levels) {
    return """
    {"id":"%s","mrsigner":"%s","attributes":"0000000000000000",\
    "attributesMask":"FFFFFFFFFFFFFFFF","tcbLevels":[%s]}\
    """
        .formatted(id, "00".repeat(48), String.join(",", levels));
  }

  X509CertificateHolder rootCertificate() {
    return root.issue(FakeAuthority.Certificate.ofAuthority(root, BigInteger.TWO));
  }

  private X509CertificateHolder issuerCertificate() {
    return root.issue(
        pckIssuer.apply(FakeAuthority.Certificate.ofAuthority(issuer, ISSUER_SERIAL)));
  }

  private byte[] chain() {
    FakeAuthority.Certificate platform =
        FakeAuthority.Certificate.ofSigner(
                "CN=Intel SGX PCK Certificate,O=Intel Corporation", pckKey.getPublic(), PCK_SERIAL)
            .with(builder ->
                builder.addExtension(
                    new ASN1ObjectIdentifier(PckExtension.OID),
                    false,
                    pckExtension.apply(sequence(pckFields.apply(pckExtension())).getEncoded())));
    X509CertificateHolder leaf =
        new FakeAuthority(pckIssuerName.orElse(issuer.name()), issuer.key())
            .issue(pck.apply(platform));
    return (pem(leaf, issuerCertificate(), rootCertificate()) + "\0")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private List<ASN1Encodable> pckExtension() {
    List<ASN1Encodable> tcb = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      tcb.add(field("2." + (i + 1), new ASN1Integer(components[i])));
    }
    tcb.add(field("2.17", new ASN1Integer(pceSvn)));
    tcb.add(field("2.18", new DEROctetString(new byte[16])));
    byte[] ppid = new byte[16];
    Arrays.fill(ppid, (byte) 0xab);
    return new ArrayList<>(
        List.of(
            field("1", new DEROctetString(ppid)),
            field("2", sequence(tcb)),
            field("3", new DEROctetString(new byte[2])),
            field("4", new DEROctetString(Bytes.fromHex(FMSPC).copy())),
            field("5", new ASN1Enumerated(1))));
  }

  static ASN1Encodable field(String suffix, ASN1Encodable value) {
    return sequence(List.of(new ASN1ObjectIdentifier(PckExtension.OID + "." + suffix), value));
  }

  private static DERSequence sequence(List<ASN1Encodable> elements) {
    ASN1EncodableVector vector = new ASN1EncodableVector();
    elements.forEach(vector::add);
    return new DERSequence(vector);
  }

  static String pem(X509CertificateHolder... certificates) {
    StringBuilder text = new StringBuilder();
    for (X509CertificateHolder certificate : certificates) {
      try {
        text.append("-----BEGIN CERTIFICATE-----\n")
            .append(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(certificate.getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return text.toString();
  }

  static byte[] point(PublicKey key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 64, encoded.length);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(16 * 1024).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] taken(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }
}
