package io.teex.manager.release;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeeKind;
import org.jspecify.annotations.Nullable;

/**
 * What a worker shows for one attempt of one task. Nothing in it is believed.
 *
 * @param session the user's permission for the key that signed the order, if she did not herself
 * @param dispatcher the certificate of the lease's dispatcher
 * @param worker the certificate of the caller
 * @param caller what the attested channel proves of the caller
 */
public record Ask(
    Signed<Order> order,
    @Nullable Signed<Session> session,
    Signed<Lease> lease,
    Signed<NodeCertificate> dispatcher,
    Signed<NodeCertificate> worker,
    Caller caller) {
  /**
   * A TEE at the other end of an attested channel.
   *
   * @param tlsKeyHash SHA-256 of its TLS public key (DER SubjectPublicKeyInfo)
   */
  public record Caller(Bytes32 tlsKeyHash, TeeKind kind) {}
}
