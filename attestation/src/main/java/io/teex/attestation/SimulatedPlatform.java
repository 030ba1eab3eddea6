package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * SIMULATED: what the hardware of a TEE would keep, in a directory. It protects nothing from
 * whoever can read that directory, and only policies that name its root accept it. A production
 * policy never does.
 *
 * <p>The root key signs the certificate of the one attestation key and is forgotten; the platform's
 * id is the hash of the attestation key. Files are readable by their owner only.
 */
public final class SimulatedPlatform {
  private static final String ROOT = "SIMULATED-root.spki";
  private static final String ATTESTATION_KEY = "SIMULATED-attestation.pkcs8";
  private static final String ATTESTATION_CERTIFICATE = "SIMULATED-attestation.der";
  private static final String SEALING_SECRET = "SIMULATED-sealing.secret";
  private static final String FILE_DIGESTS = "SIMULATED-file-digests";
  private static final int SEALING_SECRET_BYTES = 32;
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);
  private static final Duration LIFETIME = Duration.ofDays(3650);

  private final Path directory;
  private final byte[] root;
  private final PrivateKey attestationKey;
  private final X509Certificate attestationCertificate;
  private final SecretBytes sealingSecret;
  private final SecureRandom random;

  private SimulatedPlatform(
      Path directory,
      byte[] root,
      PrivateKey attestationKey,
      X509Certificate attestationCertificate,
      SecretBytes sealingSecret,
      SecureRandom random) {
    this.directory = directory;
    this.root = root;
    this.attestationKey = attestationKey;
    this.attestationCertificate = attestationCertificate;
    this.sealingSecret = sealingSecret;
    this.random = random;
  }

  /**
   * Opens the platform in {@code directory}, making it first if nothing is there. Several processes
   * may do so at once: one of them makes it and all open the same.
   */
  public static SimulatedPlatform openOrCreate(Path directory, Instant now, SecureRandom random) {
    if (!Files.exists(directory.resolve(ROOT))) {
      create(directory, now, random);
    }
    return open(directory, random);
  }

  /**
   * Opens an existing platform.
   *
   * @throws TeexException {@code USAGE} if {@code directory} holds none
   */
  public static SimulatedPlatform open(Path directory, SecureRandom random) {
    try {
      byte[] secret = Files.readAllBytes(directory.resolve(SEALING_SECRET));
      byte[] key = Files.readAllBytes(directory.resolve(ATTESTATION_KEY));
      SimulatedPlatform platform =
          new SimulatedPlatform(
              directory,
              Files.readAllBytes(directory.resolve(ROOT)),
              P256.privateKey(key),
              Certificates.parse(Files.readAllBytes(directory.resolve(ATTESTATION_CERTIFICATE))),
              SecretBytes.copyOf(secret),
              random);
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
      return platform;
    } catch (IOException | GeneralSecurityException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s holds no simulated platform".formatted(directory), e);
    }
  }

  private static void create(Path directory, Instant now, SecureRandom random) {
    try {
      Path made = PrivateFiles.newDirectoryBeside(directory);
      fill(made, now, random);
      if (!PrivateFiles.moveUnlessThere(made, directory)) {
        try (Stream<Path> files = Files.list(made)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(made);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a simulated platform cannot be made in %s".formatted(directory), e);
    }
  }

  private static void fill(Path directory, Instant now, SecureRandom random) throws IOException {
    KeyPair root = P256.generate(random);
    KeyPair attestation = P256.generate(random);
    Instant start = now.truncatedTo(ChronoUnit.SECONDS);
    X509Certificate certificate =
        Certificates.sign(
            Certificates.builder(
                "CN=TEEX SIMULATED root",
                "CN=TEEX SIMULATED attestation key",
                attestation.getPublic(),
                start.minus(CLOCK_SKEW),
                start.plus(LIFETIME),
                random),
            root,
            random);
    byte[] secret = new byte[SEALING_SECRET_BYTES];
    random.nextBytes(secret);
    try {
      PrivateFiles.create(directory.resolve(SEALING_SECRET), secret);
      PrivateFiles.create(
          directory.resolve(ATTESTATION_KEY), attestation.getPrivate().getEncoded());
      PrivateFiles.create(directory.resolve(ATTESTATION_CERTIFICATE), certificate.getEncoded());
      PrivateFiles.create(directory.resolve(ROOT), root.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate of our own making cannot be encoded", e);
    }
  }

  /** What a policy names to accept this platform: the SHA-256 of the root's public key. */
  public Bytes32 root() {
    return Sha256.hash(root);
  }

  /** What tells this platform from others: the SHA-256 of its attestation key. */
  public Bytes id() {
    return SimulatedEvidence.platformId(attestationCertificate);
  }

  /**
   * What a process runs that is started as {@code java -cp classPath mainClass}: the same as {@link
   * ClassPathMeasurement#of}, but files that this platform measured before are not read again.
   *
   * @throws TeexException {@code USAGE} if an entry of the class path is not there
   */
  public Measurement measure(String mainClass, List<Path> classPath) {
    FileDigests digests = FileDigests.rememberedIn(directory.resolve(FILE_DIGESTS));
    Measurement measurement = ClassPathMeasurement.of(mainClass, classPath, digests);
    digests.save();
    return measurement;
  }

  /**
   * Tells another platform on this machine what was read of files, so that it need not read them
   * again. Its word is worth no more than its directory already.
   */
  public void shareMemoryWith(SimulatedPlatform other) {
    try {
      Files.copy(
          directory.resolve(FILE_DIGESTS),
          other.directory.resolve(FILE_DIGESTS),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // The other one reads the files itself.
    }
  }

  /** What this process runs, by the class path it was started with. */
  public Measurement measureThisProcess(Class<?> mainClass) {
    return measureThisProcess(mainClass, List.of());
  }

  /**
   * The same of a process that has other programs work on its secrets: they are measured as if they
   * stood on its class path. Real platforms measure them, and all else that is here left out, with
   * the image or enclave that they are in.
   *
   * @param programs executable files
   */
  public Measurement measureThisProcess(Class<?> mainClass, List<Path> programs) {
    return measure(
        mainClass.getName(),
        Stream.concat(ClassPathMeasurement.ownClassPath().stream(), programs.stream()).toList());
  }

  /** The TEE of a process that runs what {@code measurement} stands for. */
  public SimulatedTee tee(Measurement measurement) {
    return new SimulatedTee(this, measurement);
  }

  byte[] report(Measurement measurement, ReportData reportData) {
    byte[] signed;
    try {
      signed =
          SimulatedEvidence.toSign(
              measurement, reportData, root, attestationCertificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed certificate cannot be encoded", e);
    }
    byte[] signature = P256.sign(attestationKey, signed, random);
    byte[] report = Arrays.copyOf(signed, signed.length + signature.length);
    System.arraycopy(signature, 0, report, signed.length, signature.length);
    return report;
  }

  SecretBytes sealingSecret() {
    return sealingSecret;
  }

  @Override
  public String toString() {
    return "SimulatedPlatform[SIMULATED, root %s]".formatted(root());
  }
}
