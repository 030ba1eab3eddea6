package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import java.util.List;
import java.util.Optional;

/**
 * Where contracts are read: the newest block, or one block that stands still. Fails with {@code
 * CHAIN_UNAVAILABLE} if the node does not answer or does not know the block, and with {@code
 * CHAIN_REJECTED} and the contract's own error if the contract refuses.
 */
public interface ChainReader {
  /** What a contract's view returns. */
  Bytes read(Address contract, Bytes call);

  /**
   * What a contract's view returns, or empty if it refuses with one of these custom errors.
   *
   * @param absent names of errors that mean "there is none"
   */
  Optional<Bytes> find(Address contract, Bytes call, String... absent);

  /**
   * Events of a contract by block range, both ends included, in order. Long ranges are asked for in
   * pieces. Filters of the node are never used: they forget.
   *
   * @param topics what the first topics must be; the first is the hash of the event's signature
   */
  List<ChainClient.Log> logs(Address contract, List<Bytes32> topics, long from, long to);
}
