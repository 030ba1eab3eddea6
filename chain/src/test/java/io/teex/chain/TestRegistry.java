package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;

/** Governance, a manager and an operator of a test's chain, who let nodes in. */
final class TestRegistry {
  static final SigningKey MANAGER = DevAccounts.key(1);

  private static final SigningKey OPERATOR = DevAccounts.key(3);
  private static final Bytes32 PLATFORM = Keccak.hash(new byte[] {4});
  private static final Bytes32 DIGEST = Keccak.hash(new byte[] {5});
  private static final Bytes MEASUREMENT = Bytes.of(new byte[48]);

  private final EmbeddedChain chain;

  TestRegistry(EmbeddedChain chain) {
    this.chain = chain;
    chain.registry().setPlatform(chain.governance, PLATFORM, OPERATOR.address());
    chain.registry().setManager(chain.governance, MANAGER.address(), 1, true);
    operate(Role.MANAGER, MANAGER);
  }

  /** Lets a node in that runs what governance accepts. */
  void admit(Role role, SigningKey node) {
    Address signer = node.address();
    chain.registry().setMeasurement(chain.governance, role, MEASUREMENT, true);
    if (!chain.registry().isOperated(signer, role)) {
      operate(role, node);
    }
    NodeCertificate certificate =
        new NodeCertificate(
            role,
            DIGEST,
            signer,
            signer,
            MEASUREMENT,
            DIGEST,
            TcbStatus.SIMULATED,
            1,
            chain.now() + 86_400);
    chain.registry().admit(chain.governance, MANAGER.sign(chain.addresses.domain(), certificate));
  }

  private void operate(Role role, SigningKey node) {
    NodeOperation operation = new NodeOperation(role, node.address(), PLATFORM);
    chain.registry().operate(chain.governance, OPERATOR.sign(chain.addresses.domain(), operation));
  }
}
