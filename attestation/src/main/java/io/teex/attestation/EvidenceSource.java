package io.teex.attestation;

import io.teex.protocol.TeeKind;

/** Where a process inside a TEE gets evidence about itself. Safe for use by several threads. */
public interface EvidenceSource {
  TeeKind kind();

  /**
   * Fresh evidence that vouches for {@code reportData}. A platform may take some milliseconds.
   *
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} if the platform gives none
   */
  Evidence evidence(ReportData reportData);
}
