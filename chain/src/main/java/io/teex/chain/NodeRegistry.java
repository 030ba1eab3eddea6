package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.TeexException;

/**
 * Whether nodes that are trusted widely may act now, by the newest block. What was so when a
 * channel was opened may not be so any more, so this is asked again and again. Every method may
 * throw {@code CHAIN_UNAVAILABLE}.
 */
public interface NodeRegistry {
  /**
   * @param platformId what the evidence at hand says of its machine
   * @throws TeexException {@code NODE_NOT_OPERATED} unless governance lists the manager's key and
   *     its operator answers for it on this very machine; {@code ATTESTATION_REFUSED} if the
   *     evidence does not tell its machine from others
   */
  void requireManager(Address manager, Bytes platformId);

  /**
   * @param certificate of the node at hand, whose signature was checked
   * @param manager who signed it
   * @param platformId what the evidence at hand says of its machine
   * @throws TeexException {@code CERTIFICATE_INVALID} if the node was revoked, or its manager is
   *     not one any more; for all but workers also as {@link #requireManager}
   */
  void requireNode(NodeCertificate certificate, Address manager, Bytes platformId);
}
