package io.teex.worker;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TypedData;

/**
 * What every receipt of this worker says of it.
 *
 * @param certificate as the manager signed it
 * @param certificateHash its EIP-712 hash
 */
record WorkerFacts(
    Signed<NodeCertificate> certificate, Bytes32 certificateHash, Execution execution) {

  /**
   * How this worker executes.
   *
   * @param engine name and version
   * @param costTable digest of the executor's fuel costs
   * @param kind of the TEE
   * @param flags of {@link io.teex.protocol.Execution}
   */
  record Execution(String engine, Bytes32 costTable, TeeKind kind, int flags) {}

  static WorkerFacts of(Domain domain, Signed<NodeCertificate> certificate, Execution execution) {
    return new WorkerFacts(certificate, TypedData.hash(domain, certificate.value()), execution);
  }

  Address address() {
    return certificate.value().signer();
  }

  Address payout() {
    return certificate.value().payout();
  }
}
