package io.teex.cli.attest;

import io.teex.attestation.Certificates;
import io.teex.attestation.Evidence;
import io.teex.attestation.source.EvidenceKinds;
import io.teex.cli.InputFile;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Evidence as people keep it. */
sealed interface EvidenceFile {
  /** In the platform's own form. */
  record Bare(Evidence evidence) implements EvidenceFile {}

  /** In a certificate. */
  record InCertificate(CertificateEvidence certificate) implements EvidenceFile {}

  /**
   * Nothing that could be judged.
   *
   * @param why what was found and what was expected
   */
  record Unreadable(String why) implements EvidenceFile {}

  /**
   * @throws TeexException {@code USAGE} if the file cannot be read
   */
  static EvidenceFile read(Path file) {
    byte[] content = InputFile.read(file);
    if (content.length == 0) {
      return new Unreadable("the file is empty");
    }
    Optional<Evidence> bare = EvidenceKinds.recognise(content);
    if (bare.isPresent()) {
      return new Bare(bare.get());
    }
    try {
      Optional<X509Certificate> certificate = Certificates.first(content);
      return certificate.isPresent()
          ? new InCertificate(CertificateEvidence.of(certificate.get()))
          : unknown(content);
    } catch (CertificateException e) {
      return new Unreadable(
          "the file begins as DER or PEM does, but is no certificate: " + e.getMessage());
    } catch (TeexException e) {
      return new Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static Unreadable unknown(byte[] content) {
    if (content[0] == '{') {
      return new Unreadable(
          "the file is JSON and no evidence: collateral is given with --collateral, a policy with"
              + " --policy");
    }
    return new Unreadable(
        content.length > Evidence.ENCODED_SIZE_MAX
            ? "the file has %,d bytes; no evidence is longer than %,d"
                .formatted(content.length, Evidence.ENCODED_SIZE_MAX)
            : "the file is no evidence of any kind that is known, and no certificate");
  }
}
