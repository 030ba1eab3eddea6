package io.teex.attestation;

import java.util.Locale;

/** Why evidence was refused. The codes are stable: metrics, logs and other programs use them. */
public enum Reason {
  MALFORMED,
  UNSUPPORTED_VERSION,
  UNSUPPORTED_CERTIFICATION_DATA,
  UNTRUSTED_ROOT,
  CERTIFICATE_INVALID,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_REVOKED,
  CRL_MISSING,
  CRL_EXPIRED,
  COLLATERAL_MISSING,
  COLLATERAL_EXPIRED,
  COLLATERAL_NOT_YET_VALID,
  COLLATERAL_SIGNATURE_INVALID,
  COLLATERAL_MISMATCH,
  QE_SIGNATURE_INVALID,
  QE_BINDING_INVALID,
  QE_IDENTITY_MISMATCH,
  QUOTE_SIGNATURE_INVALID,
  REPORT_SIGNATURE_INVALID,
  /** The certificate of an SNP platform's key leads to no pinned root of its product. */
  VEK_CHAIN_INVALID,
  VEK_TCB_MISMATCH,
  CHIP_ID_MISMATCH,
  TDX_MODULE_MISMATCH,
  TCB_LEVEL_NOT_FOUND,
  /** The status itself is the detail of the check. */
  TCB_STATUS,
  DEBUG_ENABLED,
  MEASUREMENT_NOT_ALLOWED,
  SVN_TOO_LOW,
  ATTRIBUTES_NOT_ALLOWED,
  EVENT_LOG_MISMATCH,
  REPORT_DATA_MISMATCH,
  NONCE_UNKNOWN,
  NONCE_EXPIRED,
  ROLE_NOT_ALLOWED,
  /** The policy does not name this kind of TEE; always so for the simulated one by default. */
  KIND_NOT_ALLOWED;

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
