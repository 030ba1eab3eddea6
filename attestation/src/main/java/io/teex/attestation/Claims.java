package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;

/**
 * What the evidence says about its TEE.
 *
 * @param platformId tells one machine from another where the platform reveals it (PPID, CHIP_ID),
 *     else empty; not for publication, since it follows a machine around
 */
public record Claims(
    TeeKind kind,
    Measurement measurement,
    Bytes platformId,
    TcbStatus tcbStatus,
    ReportData reportData) {
  public boolean simulated() {
    return kind == TeeKind.SIMULATED;
  }
}
