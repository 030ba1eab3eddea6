package io.teex.attestation.source;

import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;

/** A source of evidence on real hardware. */
public interface PlatformSource extends EvidenceSource {
  /** Where the evidence comes from, for logs: such as {@code configfs-tsm (tdx_guest)}. */
  String name();

  /**
   * Fresh evidence that vouches for {@code reportData}, with what the platform gives along.
   *
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} if the platform gives none
   */
  Endorsed endorsed(ReportData reportData);

  @Override
  default Evidence evidence(ReportData reportData) {
    return endorsed(reportData).evidence();
  }
}
