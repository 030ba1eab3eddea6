package io.teex.protocol;

/**
 * A manager's word that a node was attested; signed by the manager. Its EIP-712 hash is what
 * receipts name.
 *
 * @param tlsKeyHash SHA-256 of the node's TLS public key (DER SubjectPublicKeyInfo)
 * @param signer the account of the node's signing key
 * @param payout the account that the node's earnings are credited to
 * @param measurement as the evidence has it, 32 or 48 bytes
 * @param platformTag keyed hash of the platform's identity: equal tags, same machine
 * @param managerEpoch of the manager's key
 * @param notAfter seconds since the epoch
 */
public record NodeCertificate(
    Role role,
    Bytes32 tlsKeyHash,
    Address signer,
    Address payout,
    Bytes measurement,
    Bytes32 platformTag,
    TcbStatus tcbStatus,
    long managerEpoch,
    long notAfter) {
  public NodeCertificate {
    Require.uint64("manager epoch", managerEpoch);
    Require.uint64("not after", notAfter);
  }
}
