package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;

/** The platform as the process inside sees it: it vouches for the process and keeps its secrets. */
public interface Tee extends EvidenceSource {
  /** What this process is measured as. */
  Measurement measurement();

  /**
   * What the evidence says of the machine, see {@link Claims#platformId()}; empty where it does not
   * tell one from another.
   */
  default Bytes platformId() {
    return Bytes.EMPTY;
  }

  /**
   * A 32-byte key that only this measurement on this platform gets, the same after a restart. It
   * says nothing about freshness: old sealed bytes open as well as new ones.
   *
   * @param label names the use; other labels get unrelated keys
   * @throws io.teex.protocol.TeexException {@code SEALING_UNAVAILABLE} where the platform gives no
   *     such key, as TDX and Nitro do: what has to outlive the process cannot be kept there
   */
  SecretBytes sealingKey(String label);
}
