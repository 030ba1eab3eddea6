package io.teex.attestation.source;

import io.teex.attestation.EvidenceSource;
import java.util.Optional;

/** A source of evidence on real hardware. */
public sealed interface PlatformSource extends EvidenceSource
    permits GramineSource, NitroSource, TsmSource {
  /** Where the evidence comes from, for logs: such as {@code configfs-tsm (tdx_guest)}. */
  String name();

  /** The secret that sealing keys are derived from; empty where the platform has none. */
  Optional<SealingSecret> sealing();
}
