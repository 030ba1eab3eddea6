package io.teex.rpc.web;

import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Role;
import java.nio.charset.StandardCharsets;

/** What evidence over HTTP is bound to. */
final class WebBinding {
  private static final Bytes LABEL = Bytes.of("teex-http-1".getBytes(StandardCharsets.US_ASCII));

  private WebBinding() {}

  /**
   * The statement "in this role, I hold the private half of this HPKE key, and the TLS key that
   * certificates name me by".
   *
   * @param nonce of whoever asked
   */
  static ReportData of(Role role, Bytes32 hpkeKey, Bytes32 tlsKeyHash, byte[] nonce) {
    return ReportData.of(
        role, hpkeKey.copy(), nonce, Bytes.concat(LABEL, tlsKeyHash.value()).copy());
  }
}
