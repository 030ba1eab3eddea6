package io.teex.attestation.amd;

import io.teex.protocol.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** What signs the reports of an SNP platform: its chip's own key, or one of a cloud provider. */
public enum EndorsementKey {
  VCEK("SEV-VCEK", "SEV-", SnpReport.SIGNED_BY_VCEK),
  VLEK("SEV-VLEK", "SEV-VLEK-", SnpReport.SIGNED_BY_VLEK);

  private final String subject;
  private final String issuerPrefix;
  private final int signingKey;

  EndorsementKey(String subject, String issuerPrefix, int signingKey) {
    this.subject = subject;
    this.issuerPrefix = issuerPrefix;
    this.signingKey = signingKey;
  }

  /**
   * What a bare report says that it was signed by; empty if by nobody, or by a key of the future.
   *
   * @throws IllegalArgumentException if it is no report
   */
  public static Optional<EndorsementKey> of(Bytes report) {
    long signingKey = new SnpReport(report).signingKey();
    return Arrays.stream(values()).filter(key -> key.signingKey == signingKey).findAny();
  }

  /** The common name of its certificates. */
  String subject() {
    return subject;
  }

  /** The common name of whoever may issue them. */
  String issuerName(Product product) {
    return issuerPrefix + product.name();
  }

  /** As reports call it. */
  int signingKey() {
    return signingKey;
  }
}
