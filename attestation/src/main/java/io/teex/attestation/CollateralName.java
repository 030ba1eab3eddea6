package io.teex.attestation;

/** The names of the documents of a {@link Collateral}. */
public final class CollateralName {
  /** PEM: the issuer of the PCK certificate revocation list, up to the root. */
  public static final String PCK_CRL_ISSUER_CHAIN = "pck-crl-issuer-chain";

  /** DER: the root's revocation list. */
  public static final String ROOT_CA_CRL = "root-ca-crl";

  /** DER: the revocation list of the issuer of the platform's PCK certificate. */
  public static final String PCK_CRL = "pck-crl";

  /** PEM: the signer of the TCB information, up to the root. */
  public static final String TCB_INFO_ISSUER_CHAIN = "tcb-info-issuer-chain";

  /** JSON: the exact text of the inner object that is signed. */
  public static final String TCB_INFO = "tcb-info";

  /** 64 bytes, r ‖ s. */
  public static final String TCB_INFO_SIGNATURE = "tcb-info-signature";

  /** PEM: the signer of the quoting enclave's identity, up to the root. */
  public static final String QE_IDENTITY_ISSUER_CHAIN = "qe-identity-issuer-chain";

  /** JSON: the exact text of the inner object that is signed. */
  public static final String QE_IDENTITY = "qe-identity";

  /** 64 bytes, r ‖ s. */
  public static final String QE_IDENTITY_SIGNATURE = "qe-identity-signature";

  /** DER: the VCEK or VLEK of an SNP platform. */
  public static final String VEK = "vek";

  /** PEM: ASK or ASVK and ARK; optional, the known ones are built in. */
  public static final String VEK_ISSUER_CHAIN = "vek-issuer-chain";

  /** DER: the ARK's revocation list; optional unless the policy wants one. */
  public static final String VEK_CRL = "vek-crl";

  /** CCEL or dstack's JSON: what the TEE says that it measured; a claim until it replays. */
  public static final String EVENT_LOG = "event-log";

  private CollateralName() {}
}
