package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;

/** The registry as a node of the chain tells it: UNVERIFIED. */
public record RegisteredNodes(ChainViews chain) implements NodeRegistry {
  @Override
  public void requireManager(Address manager, Bytes platformId) {
    ChainView view = chain.refresh();
    NodeStanding.requireListed(view, manager);
    NodeStanding.requireOperated(view, Role.MANAGER, manager, platformId);
  }

  @Override
  public void requireNode(NodeCertificate certificate, Address manager, Bytes platformId) {
    ChainView view = chain.refresh();
    NodeStanding.requireManagerOf(view, certificate, manager);
    NodeStanding.requireNotRevoked(view, certificate.signer());
    if (certificate.role() != Role.WORKER) {
      NodeStanding.requireOperated(view, certificate.role(), certificate.signer(), platformId);
    }
  }
}
