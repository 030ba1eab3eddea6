package io.teex.protocol;

import java.nio.ByteBuffer;

/**
 * One settled sequence or request in a batch's {@link ReceiptTree}.
 *
 * @param lane of the payer's allowance; the order's lane for requests
 * @param sequence of the lane; 0 for requests
 * @param receipt {@link Receipt#hash}; zero for voids
 * @param amount what the payer is charged; zero for voids
 */
public record ReceiptLeaf(
    Address payer, int lane, long sequence, Kind kind, Bytes32 receipt, Amount amount) {

  /** What a leaf stands for. */
  public enum Kind implements Coded {
    RECEIPT(1),
    /** A sequence number that was given back without execution. */
    VOID(2),
    /** A task ordered on chain, paid out of its own escrow. */
    REQUEST(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  public ReceiptLeaf {
    Require.uint32("lane", lane);
    Require.uint64("sequence", sequence);
  }

  /** Keccak-256 of 0x00 ‖ payer ‖ lane ‖ sequence ‖ kind ‖ receipt ‖ amount, all big-endian. */
  Bytes32 hash() {
    return Keccak.hash(
        ByteBuffer.allocate(1 + 20 + 4 + 8 + 1 + 32 + 16)
            .put((byte) 0)
            .put(payer.value().copy())
            .putInt(lane)
            .putLong(sequence)
            .put((byte) kind.code())
            .put(receipt.copy())
            .put(SumNode.bytes(amount))
            .array());
  }
}
