package io.teex.market;

import io.teex.attestation.Measurement;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.rpc.node.NodeFile;

/**
 * Governance and operators of an embedded market, which trust what runs on their own machine. What
 * the chain says already is not said again, so that a market continues.
 */
record Governance(EnclaveRegistry registry, TransactionSender sender, Domain domain) {
  void list(Address manager, long epoch) {
    EnclaveRegistry.Manager listed = registry.manager(manager);
    if (!listed.active() || listed.epoch() != epoch) {
      registry.setManager(sender, manager, epoch, true);
    }
  }

  void accept(Role role, Measurement measurement) {
    if (!registry.isAccepted(role, measurement.value())) {
      registry.setMeasurement(sender, role, measurement.value(), true);
    }
  }

  void ask(Amount workerStake) {
    if (!registry.minimumStake().equals(workerStake)) {
      registry.setMinimumStake(sender, workerStake);
    }
  }

  void give(Bytes32 platform, Account operator) {
    if (!registry.platform(platform).operator().equals(operator.address())) {
      registry.setPlatform(sender, platform, operator.address());
    }
  }

  void operate(NodeFile node, Account operator) {
    if (!registry.isOperated(node.address(), node.role())) {
      NodeOperation operation = new NodeOperation(node.role(), node.address(), node.platform());
      registry.operate(sender, operator.key().sign(domain, operation));
    }
  }
}
