package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeeKind;

/**
 * A worker as it joined.
 *
 * @param endpoint host:port where users and dispatchers reach it
 * @param url where users reach it over HTTP; empty if nowhere
 * @param slots how many tasks it works on at once
 * @param flags that its receipts will carry
 * @param engine name and version
 * @param costTable digest of its fuel costs
 */
record WorkerNode(
    Signed<NodeCertificate> certificate,
    String endpoint,
    String url,
    TeeKind kind,
    int slots,
    int flags,
    String engine,
    Bytes32 costTable) {
  Address address() {
    return certificate.value().signer();
  }

  /** Whether it is the same process: a TLS key lives no longer than that. */
  boolean isSameProcess(Signed<NodeCertificate> other) {
    return certificate.value().tlsKeyHash().equals(other.value().tlsKeyHash());
  }
}
