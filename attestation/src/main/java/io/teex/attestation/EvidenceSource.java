package io.teex.attestation;

import io.teex.protocol.TeeKind;

/** Where a process inside a TEE gets evidence about itself. Safe for use by several threads. */
public interface EvidenceSource {
  TeeKind kind();

  /**
   * Fresh evidence that vouches for {@code reportData}, with what the platform gives along. A
   * platform may take some milliseconds.
   *
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} if the platform gives none
   */
  Endorsed endorsed(ReportData reportData);

  /** The evidence of {@link #endorsed} alone. */
  default Evidence evidence(ReportData reportData) {
    return endorsed(reportData).evidence();
  }
}
