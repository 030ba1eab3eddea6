package io.teex.cli.attest;

import io.teex.protocol.TeeKind;

/** What other programs, and people, call a kind of TEE. */
final class Names {
  private Names() {}

  static String code(TeeKind kind) {
    return switch (kind) {
      case SIMULATED -> "simulated";
      case SGX -> "sgx";
      case TDX -> "tdx";
      case SNP -> "sev-snp";
      case NITRO -> "aws-nitro";
    };
  }

  static String words(TeeKind kind) {
    return switch (kind) {
      case SIMULATED -> "SIMULATED evidence (no hardware: it protects nothing)";
      case SGX -> "an Intel SGX quote";
      case TDX -> "an Intel TDX quote";
      case SNP -> "an AMD SEV-SNP report";
      case NITRO -> "an AWS Nitro attestation document";
    };
  }
}
