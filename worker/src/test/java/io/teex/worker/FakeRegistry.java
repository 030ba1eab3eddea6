package io.teex.worker;

import io.teex.chain.NodeRegistry;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.TeexException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A registry that lets everybody act of whom it says nothing else. */
final class FakeRegistry implements NodeRegistry {
  private final Map<Address, ErrorCode> against = new ConcurrentHashMap<>();

  void turnAgainst(Address node, ErrorCode code) {
    against.put(node, code);
  }

  @Override
  public void requireManager(Address manager, Bytes platformId) {
    require(manager);
  }

  @Override
  public void requireNode(NodeCertificate certificate, Address manager, Bytes platformId) {
    require(certificate.signer());
  }

  private void require(Address node) {
    ErrorCode code = against.get(node);
    if (code != null) {
      throw new TeexException(code, "the registry is against " + node);
    }
  }
}
