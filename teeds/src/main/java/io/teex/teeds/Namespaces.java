package io.teex.teeds;

import io.teex.chain.NodeRegistry;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.Peer;
import io.teex.rpc.node.NodeCertificates;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which keys a caller may use. The manager has {@code manager/}; a dispatcher has {@code
 * dispatcher/<address>/}, with the address of its signing key. Attestation alone tells neither who
 * signs nor that a manager is this market's: a caller shows its node certificate once, and from
 * then on every connection that proves the same TLS key is known, until the certificate expires or
 * the chain's registry turns against the caller. Everybody else is refused.
 */
final class Namespaces {
  private static final Bytes MANAGER = ascii("manager/");
  private static final int ENTERED_MAX = 1_024;

  private record Entered(Bytes prefix, NodeCertificate certificate) {}

  private final NodeCertificates certificates;
  private final NodeRegistry registry;
  private final Map<Bytes32, Entered> known = new HashMap<>();

  /**
   * @param certificates judges those of the manager and of dispatchers
   */
  Namespaces(NodeCertificates certificates, NodeRegistry registry) {
    this.certificates = certificates;
    this.registry = registry;
  }

  /**
   * Lets a dispatcher in, or the manager, which signs its certificate itself.
   *
   * @throws TeexException {@code CERTIFICATE_INVALID} unless the manager signed it for this very
   *     peer; {@code PERMISSION_DENIED} for other roles; what the registry says against the caller
   */
  void enter(Peer.Node peer, Signed<NodeCertificate> signed) {
    Bytes prefix =
        switch (peer.role()) {
          case DISPATCHER -> ascii("dispatcher/" + signed.value().signer().value().toHex() + "/");
          case MANAGER -> MANAGER;
          case STORE, WORKER -> throw refused(peer);
        };
    NodeCertificate certificate = certificates.require(signed, peer);
    requireStanding(peer, certificate);
    keep(peer.tlsKeyHash(), new Entered(prefix, certificate));
  }

  /**
   * A requirement for connections: the registry lets the caller act still. One that has not entered
   * is nobody yet, and served nothing.
   *
   * @throws TeexException what the registry says against it, or {@code CHAIN_UNAVAILABLE}
   */
  void requireStanding(Peer.Node peer) {
    Optional<Entered> entered = find(peer.tlsKeyHash());
    if (entered.isPresent()) {
      requireStanding(peer, entered.get().certificate());
    }
  }

  private void requireStanding(Peer.Node peer, NodeCertificate certificate) {
    if (peer.role() == Role.MANAGER) {
      registry.requireManager(certificates.manager(), peer.platformId());
    } else {
      registry.requireNode(certificate, certificates.manager(), peer.platformId());
    }
  }

  private synchronized Optional<Entered> find(Bytes32 tlsKeyHash) {
    return Optional.ofNullable(known.get(tlsKeyHash));
  }

  private synchronized void keep(Bytes32 tlsKeyHash, Entered entered) {
    known.values().removeIf(other -> !certificates.holds(other.certificate()));
    if (known.size() >= ENTERED_MAX && !known.containsKey(tlsKeyHash)) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "%,d callers are known already".formatted(ENTERED_MAX));
    }
    known.put(tlsKeyHash, entered);
  }

  /**
   * The prefix of all keys of a caller.
   *
   * @throws TeexException {@code NODE_NOT_ENROLLED} to a manager or dispatcher that has to show its
   *     certificate (again); {@code PERMISSION_DENIED} to other roles
   */
  Bytes of(Peer.Node peer) {
    return switch (peer.role()) {
      case MANAGER, DISPATCHER -> entered(peer.tlsKeyHash());
      case STORE, WORKER -> throw refused(peer);
    };
  }

  private Bytes entered(Bytes32 tlsKeyHash) {
    Optional<Entered> entered = find(tlsKeyHash);
    if (entered.isEmpty() || !certificates.holds(entered.get().certificate())) {
      throw new TeexException(
          ErrorCode.NODE_NOT_ENROLLED, "this TLS key has shown no current node certificate here");
    }
    return entered.get().prefix();
  }

  private static TeexException refused(Peer.Node peer) {
    return new TeexException(
        ErrorCode.PERMISSION_DENIED,
        "the store is for managers and dispatchers, not for a " + peer.role());
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
