package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import java.util.List;
import java.util.Optional;

/**
 * A transaction in a block.
 *
 * @param succeeded false if it reverted
 * @param blobGasUsed by its blobs, which have a price of their own; zero without any
 * @param created the contract, if the transaction created one
 */
public record Mined(
    Bytes32 transaction,
    boolean succeeded,
    long block,
    Bytes32 blockHash,
    long gasUsed,
    long blobGasUsed,
    Optional<Address> created,
    List<ChainClient.Log> logs) {
  public Mined {
    logs = List.copyOf(logs);
  }
}
