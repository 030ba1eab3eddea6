package io.teex.rpc;

import io.teex.attestation.Claims;
import io.teex.attestation.Measurement;
import io.teex.attestation.Verdict;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;

/** Who is at the other end of the connection that a call came by. */
public sealed interface Peer {
  /** Where the bytes come from; a hint for the log and nothing else. */
  String address();

  /** Somebody who proved nothing: a user, a provider. What she may do is in what she signed. */
  record Anonymous(String address) implements Peer {}

  /**
   * A TEE that proved its role, key and measurement on this connection.
   *
   * @param tlsKeyHash SHA-256 of the SubjectPublicKeyInfo of its TLS key, as in node certificates
   * @param verdict the accepted verdict over the evidence that was fresh on this connection
   * @param certificate the node certificate that a server showed with its first message, as it
   *     came: {@link io.teex.rpc.node.NodeCertificates#shownBy} judges it. Empty if it showed none,
   *     as callers never do
   */
  record Node(
      Role role,
      Bytes32 tlsKeyHash,
      Claims claims,
      Verdict verdict,
      String address,
      Bytes certificate)
      implements Peer {
    Node showing(Bytes shown) {
      return new Node(role, tlsKeyHash, claims, verdict, address, shown);
    }

    public Measurement measurement() {
      return claims.measurement();
    }

    /** Tells one machine from another; empty where the platform does not reveal it. */
    public Bytes platformId() {
      return claims.platformId();
    }

    public boolean simulated() {
      return claims.simulated();
    }

    @Override
    public String toString() {
      return "%s%s at %s (TLS key %s)"
          .formatted(simulated() ? "SIMULATED " : "", role, address, tlsKeyHash);
    }
  }

  /**
   * The peer of the call that this thread serves. Threads started by a service do not inherit it.
   *
   * @throws java.util.NoSuchElementException outside of a call
   */
  static Peer current() {
    return CallScope.PEER.get();
  }

  /**
   * The attested peer of the call that this thread serves.
   *
   * @throws TeexException {@code PERMISSION_DENIED} if the caller proved nothing
   */
  static Node currentNode() {
    return switch (current()) {
      case Node node -> node;
      case Anonymous anonymous ->
          throw new TeexException(ErrorCode.PERMISSION_DENIED, "this call is for attested nodes");
    };
  }
}
