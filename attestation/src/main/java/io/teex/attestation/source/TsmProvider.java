package io.teex.attestation.source;

import io.teex.protocol.TeeKind;

/** A provider in the kernel, and whose evidence it gives. */
enum TsmProvider {
  TDX_GUEST("tdx_guest", TeeKind.TDX),
  SEV_GUEST("sev_guest", TeeKind.SNP);

  private final String label;
  private final TeeKind kind;

  TsmProvider(String label, TeeKind kind) {
    this.label = label;
    this.kind = kind;
  }

  String label() {
    return label;
  }

  TeeKind kind() {
    return kind;
  }
}
