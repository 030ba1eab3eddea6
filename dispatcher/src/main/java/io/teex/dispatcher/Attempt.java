package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TypedData;

/**
 * One lease of a task: who may work on it, how long, and what its receipt will be compared with.
 *
 * @param number from 1 on
 * @param endpoint host:port where the worker serves
 * @param certificate the worker's, as it joined with it
 * @param costTable digest of the worker's cost table
 * @param flags of the executions that the worker said it would make
 * @param leasedAt seconds since the epoch
 * @param expiry seconds since the epoch
 */
record Attempt(
    int number,
    String endpoint,
    Signed<NodeCertificate> certificate,
    Bytes32 costTable,
    int flags,
    long leasedAt,
    long expiry,
    long fencingToken) {

  Address worker() {
    return certificate.value().signer();
  }

  /** Whom the worker's share is credited to. */
  Address payee() {
    return certificate.value().payout();
  }

  /** What the receipt names the worker's certificate by. */
  Bytes32 certificateHash(Domain domain) {
    return TypedData.hash(domain, certificate.value());
  }

  Lease lease(TaskId task, Address dispatcher) {
    return new Lease(task, number, worker(), dispatcher, expiry, fencingToken);
  }
}
