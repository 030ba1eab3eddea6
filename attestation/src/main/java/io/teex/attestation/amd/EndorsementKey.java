package io.teex.attestation.amd;

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
