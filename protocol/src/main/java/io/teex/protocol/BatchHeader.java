package io.teex.protocol;

import java.util.List;

/**
 * What one settlement transaction settles; signed by the dispatcher.
 *
 * @param number 1, 2, 3, … of this dispatcher
 * @param previous EIP-712 hash of the dispatcher's previous header; zero for the first
 * @param receiptsRoot {@link ReceiptTree}'s root over all receipts, voids and requests
 * @param count leaves of that tree
 * @param total Σ debits + Σ request payments = Σ credits
 * @param debits {@link #digest} of the debits
 * @param requests {@link #digest} of the request payments
 * @param credits {@link #digest} of the credits
 */
public record BatchHeader(
    Address dispatcher,
    long number,
    Bytes32 previous,
    Bytes32 receiptsRoot,
    int count,
    Amount total,
    Bytes32 debits,
    Bytes32 requests,
    Bytes32 credits) {
  public BatchHeader {
    Require.uint64("batch number", number);
    Require.uint32("count", count);
  }

  /** {@code keccak256(abi.encode(array))}, as Settlement computes it. */
  public static <T extends Record> Bytes32 digest(Class<T> type, List<T> values) {
    return Keccak.hash(TypedData.encodeList(type, values));
  }
}
