package io.teex.rpc.node;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;

/** A role that serves. */
public interface RunningNode extends AutoCloseable {
  NodeIdentity identity();

  AttestedServer server();

  default int port() {
    return server().port();
  }

  default Address address() {
    return identity().address();
  }

  default Bytes32 tlsKeyHash() {
    return identity().tlsKeyHash();
  }

  /** Stops serving and lets go of everything; called once. */
  @Override
  void close();
}
