package io.teex.rpc;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * Bytes that only the two ends of one TLS session know (RFC 8446, section 7.5), a different string
 * for each direction, so that evidence can neither be relayed to another connection nor reflected.
 */
enum Exporter {
  SERVER("EXPORTER-TEEX-RA-1-server"),
  CLIENT("EXPORTER-TEEX-RA-1-client");

  private static final int BYTES = 32;

  private final String label;

  Exporter(String label) {
    this.label = label;
  }

  byte[] of(SSLSession session) {
    if (!(session instanceof ExtendedSSLSession extended)
        || !session.getProtocol().equals(Tls.PROTOCOL)) {
      throw new TeexException(ErrorCode.ATTESTATION_REFUSED, "not a session of TLS 1.3");
    }
    try {
      return extended.exportKeyingMaterialData(label, new byte[0], BYTES);
    } catch (SSLException e) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED, "the TLS session exports no keying material", e);
    }
  }
}
