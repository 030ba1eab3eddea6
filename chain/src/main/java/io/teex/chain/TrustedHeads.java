package io.teex.chain;

import io.teex.protocol.Bytes32;

/**
 * Blocks that are known to be the chain's otherwise than by a node's word: from a light client that
 * checks the signatures of the beacon chain's sync committee.
 */
public interface TrustedHeads {
  /** A block that no reorganisation undoes. */
  record Head(long number, Bytes32 hash) {}

  /**
   * The newest of them.
   *
   * @throws io.teex.protocol.TeexException {@code CHAIN_UNAVAILABLE} if none is known yet
   */
  Head newest();
}
