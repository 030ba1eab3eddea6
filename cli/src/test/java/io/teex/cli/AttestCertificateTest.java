package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Certificates;
import io.teex.attestation.Measurement;
import io.teex.attestation.P256;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.SimulatedTee;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.protocol.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates with evidence, as people look at them. */
final class AttestCertificateTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String GRAMINE_LEGACY = "0.6.9.42.840.113741.1337.6";

  @TempDir private Path directory;
  private final KeyPair key = P256.generate(RANDOM);
  private Path policy;
  private SimulatedTee tee;

  @BeforeEach
  void start() throws IOException {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), Instant.now(), RANDOM);
    Measurement measurement = Measurement.of(new byte[Measurement.SIZE]);
    tee = platform.tee(measurement);
    policy =
        Files.writeString(
            directory.resolve("policy.json"),
            Policy.simulated(
                    "dev",
                    Set.of(platform.root()),
                    Map.of(Role.WORKER, Set.of(measurement), Role.MANAGER, Set.of(measurement)))
                .toJson());
  }

  private static Cli attest(Object... arguments) {
    return Cli.run(
        Stream.concat(Stream.of("attest"), Arrays.stream(arguments).map(String::valueOf))
            .toArray(String[]::new));
  }

  private static Object reasons(Cli said) {
    assertThat(said.exitCode()).isEqualTo(4);
    return said.json("reject_reasons");
  }

  private X509Certificate own() {
    return RaTls.issue(key, Role.WORKER, tee, Instant.now(), Duration.ofHours(1), RANDOM);
  }

  private Path der(X509Certificate certificate) throws Exception {
    return Files.write(directory.resolve("certificate.der"), certificate.getEncoded());
  }

  private Path pem(X509Certificate... certificates) throws Exception {
    StringBuilder pem = new StringBuilder("Bag Attributes: none\n");
    for (X509Certificate certificate : certificates) {
      pem.append(CollateralFile.pem(certificate.getEncoded()));
    }
    return Files.writeString(directory.resolve("certificate.pem"), pem);
  }

  @Test
  void acceptsTeexsOwnAndSaysAsWhatItsKeyIsBound() throws Exception {
    X509Certificate worker = own();

    for (Path file : List.of(der(worker), pem(worker), pem(worker, plain(key)))) {
      Cli said = attest("verify", file, "--policy", policy);

      assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
      assertThat(said.out())
          .contains("is a certificate of TEEX (RA-TLS) with SIMULATED evidence")
          .contains("vouches for  its own key, as worker")
          .contains("✓ certificate-key")
          .endsWith("ACCEPTED (SIMULATED)\n");
    }
  }

  @Test
  void tellsProgramsTheFormatAndTheKey() throws Exception {
    X509Certificate worker = own();

    Cli said = attest("verify", der(worker), "--json", "--policy", policy);

    assertThat(said.json("kind")).isEqualTo("simulated");
    assertThat(said.json("certificate"))
        .isEqualTo(
            Map.of(
                "format", "teex",
                "subject", "CN=TEEX worker",
                "key_sha256", RaTls.keyHash(worker).value().toHex(),
                "bound_to", "its own key, as worker"));
  }

  @Test
  void asksForTheRoleThatIsPutToIt() throws Exception {
    Path file = der(own());

    assertThat(attest("verify", file, "--policy", policy, "--role", "worker").exitCode()).isZero();
    assertThat(reasons(attest("verify", file, "--json", "--policy", policy, "--role", "manager")))
        .isEqualTo(List.of("report-data-mismatch"));
  }

  @Test
  void asksThePolicyForTheRoleThatTheKeyIsBoundTo() throws Exception {
    X509Certificate store =
        RaTls.issue(key, Role.STORE, tee, Instant.now(), Duration.ofHours(1), RANDOM);

    assertThat(reasons(attest("verify", der(store), "--json", "--policy", policy)))
        .isEqualTo(List.of("role-not-allowed"));
  }

  @Test
  void refusesEvidenceOfAnotherKey() throws Exception {
    X509Certificate theirs =
        RaTls.issue(
            P256.generate(RANDOM), Role.WORKER, tee, Instant.now(), Duration.ofHours(1), RANDOM);
    X509Certificate stolen = certificate(key, RaTls.EVIDENCE_OID, RaTls.evidence(theirs).encode());

    Cli said = attest("verify", der(stolen), "--policy", policy);

    assertThat(said.exitCode()).isEqualTo(4);
    assertThat(said.out())
        .contains("✗ certificate-key")
        .contains("report-data-mismatch: the evidence does not vouch for its own key, as ");
    assertThat(said.out()).contains("What to do: do not trust the key");
    assertThat(attest("show", der(stolen)).out())
        .contains("about another key or purpose than the certificate's");
  }

  @Test
  void refusesAKeyThatTeexsChannelsWouldNotTake() throws Exception {
    KeyPair rsa = rsa();
    byte[] nothing = {};
    byte[] evidence =
        tee.evidence(ReportData.of(Role.WORKER, rsa.getPublic().getEncoded(), nothing, nothing))
            .encode();

    Cli said =
        attest(
            "verify",
            der(certificate(rsa, RaTls.EVIDENCE_OID, evidence)),
            "--json",
            "--policy",
            policy);

    assertThat(reasons(said)).isEqualTo(List.of("certificate-invalid"));
  }

  @Test
  void refusesACertificateOutsideOfItsTime() throws Exception {
    Path file = der(own());
    Instant late = Instant.now().plus(Duration.ofHours(2));

    assertThat(reasons(attest("verify", file, "--json", "--policy", policy, "--at", late)))
        .isEqualTo(List.of("certificate-expired"));
  }

  @Test
  void refusesAGenuineQuoteInACertificateThatItIsNotAbout() throws Exception {
    String vectors = System.getenv("TEEX_VECTORS");
    assumeTrue(vectors != null && !vectors.isBlank(), "TEEX_VECTORS is not set");
    Path vector = Path.of(String.valueOf(vectors), "tdx/dcap-qvl-tdx-b0c06f000000");
    byte[] quote = Files.readAllBytes(vector.resolve("quote.bin"));

    Cli said =
        attest(
            "verify",
            pem(certificate(rsa(), GRAMINE_LEGACY, quote)),
            "--json",
            "--collateral",
            vector.resolve("collateral.json"),
            "--at",
            "2026-01-15T00:00:00Z");

    assertThat(said.json("kind")).isEqualTo("tdx");
    assertThat(((Map<?, ?>) said.json("certificate")).get("format")).isEqualTo("gramine-legacy");
    assertThat((List<?>) reasons(said)).asString().contains("report-data-mismatch");
  }

  @Test
  void saysWhatIsWrongWithACertificate() throws Exception {
    assertUnreadable("it carries no evidence", der(plain(key)));
    assertUnreadable(
        "a quote of the unknown TEE", der(certificate(key, GRAMINE_LEGACY, quoteOfNoTee())));
    assertUnreadable(
        "is no certificate", Files.write(directory.resolve("cut.der"), new byte[] {0x30, 3, 1}));
    assertUnreadable(
        "no certificate",
        Files.writeString(directory.resolve("cut.pem"), "-----BEGIN CERTIFICATE-----\nAAAA"));
    assertUnreadable(
        "--collateral",
        Files.writeString(
            directory.resolve("c.json"), "{\"vek_issuer_chain\":\"-----BEGIN CERTIFICATE-----\"}"));
    assertUnreadable("the file is empty", Files.write(directory.resolve("empty"), new byte[0]));
    assertUnreadable(
        "no evidence is longer than", Files.write(directory.resolve("large"), new byte[100_000]));
  }

  private static void assertUnreadable(String why, Path file) {
    Cli said = attest("verify", file);

    assertThat(said.exitCode()).isEqualTo(4);
    assertThat(said.out()).contains(why).contains("REFUSED: malformed");
    assertThat(attest("show", file).exitCode()).isEqualTo(3);
    assertThat(attest("show", file).err()).startsWith("MALFORMED: ").contains(why);
  }

  @Test
  void takesNoOtherReportDataForACertificate() throws Exception {
    Cli said = attest("verify", der(own()), "--report-data", "00");

    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).startsWith("USAGE: --report-data is for bare evidence");
  }

  @Test
  void showsWhatACertificateHolds() throws Exception {
    Cli said = attest("show", der(own()));

    assertThat(said.exitCode()).isZero();
    assertThat(said.out())
        .contains("is a certificate of TEEX (RA-TLS), about its own key, as worker.")
        .contains("In it is SIMULATED evidence")
        .contains("NOT VERIFIED, SIMULATED");
  }

  private static byte[] quoteOfNoTee() {
    byte[] quote = new byte[60];
    quote[4] = 1;
    return quote;
  }

  private static KeyPair rsa() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static X509Certificate plain(KeyPair key) throws Exception {
    return certificate(key, "1.2.3.4", new byte[] {5, 0});
  }

  private static X509Certificate certificate(KeyPair key, String oid, byte[] content)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=x"),
            BigInteger.ONE,
            Date.from(Instant.parse("2025-01-01T00:00:00Z")),
            Date.from(Instant.parse("2035-01-01T00:00:00Z")),
            new X500Name("CN=x"),
            SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    builder.addExtension(new ASN1ObjectIdentifier(oid), false, content);
    String algorithm =
        key.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return Certificates.parse(
        builder.build(new JcaContentSignerBuilder(algorithm).build(key.getPrivate())).getEncoded());
  }
}
