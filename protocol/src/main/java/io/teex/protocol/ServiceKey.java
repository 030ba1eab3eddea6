package io.teex.protocol;

/**
 * A manager's word that it holds the private half of the key to which users seal inputs for an
 * image's services; signed by the manager. A listing's public key is only its publisher's word:
 * whoever seals compares the two.
 *
 * @param owner who registered the image; only this account's listings may use it
 * @param publicKey X25519
 * @param managerEpoch of the manager's key
 */
public record ServiceKey(Address owner, Bytes32 imageDigest, Bytes32 publicKey, long managerEpoch) {
  public ServiceKey {
    Require.uint64("manager epoch", managerEpoch);
  }
}
