package io.teex.protocol;

/**
 * An operator's word that a node is hers; signed by the operator of the platform. Evidence alone
 * makes no manager, store or dispatcher: governance lists the platform, and its operator the node.
 *
 * @param role one of those that are trusted widely: manager, store, dispatcher
 * @param signer the account of the node's signing key
 * @param platform see {@link #platform(Bytes)}
 */
public record NodeOperation(Role role, Address signer, Bytes32 platform) {
  /** How governance and operators name a machine: keccak256 of what its evidence says it is. */
  public static Bytes32 platform(Bytes platformId) {
    return Keccak.hash(platformId);
  }
}
