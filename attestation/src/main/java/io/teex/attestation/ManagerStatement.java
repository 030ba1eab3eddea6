package io.teex.attestation;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Role;
import java.nio.ByteBuffer;

/**
 * What a manager's quote says to the contract {@code ManagerAttestation}: that whoever runs this
 * code holds this signing key. The key stands as its 20-byte address where a public key stands in
 * every other statement, so none is taken for the other.
 */
public final class ManagerStatement {
  private static final int ADDRESS_SIZE = 20;

  private ManagerStatement() {}

  /**
   * @param blockHash of one of the chain's last 256 blocks, by which the quote is recent
   * @param contract the one that will read it
   */
  public static ReportData of(Address key, Bytes32 blockHash, long chainId, Address contract) {
    ByteBuffer context = ByteBuffer.allocate(Long.BYTES + ADDRESS_SIZE);
    context.putLong(chainId).put(contract.value().copy());
    return ReportData.of(
        Role.MANAGER, key.value().copy(), blockHash.value().copy(), context.array());
  }
}
