package io.teex.dispatcher;

import io.teex.chain.BlobCoding;
import io.teex.chain.Mined;
import io.teex.chain.NativeKzg;
import io.teex.chain.Settlement;
import io.teex.chain.SignedBatch;
import io.teex.chain.TransactionSender;
import io.teex.protocol.ReceiptData;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a batch shows everybody of the receipts that it settles. The root binds the dispatcher to
 * all of them in any case; what is posted lets outsiders read them without asking anybody.
 */
public enum Posting {
  /** Their root alone: some hundred gas a task. */
  ROOT {
    @Override
    boolean fits(BatchPlan plan, Supplier<ReceiptData> receipts, long gasMax) {
      return true;
    }

    @Override
    Sender sender() {
      return (settlement, account, batch, receipts) -> settlement.settle(account, batch);
    }
  },

  /** In the transaction's data, for ever: some 8,000 gas a receipt. */
  CALLDATA {
    @Override
    boolean fits(BatchPlan plan, Supplier<ReceiptData> receipts, long gasMax) {
      int size = receipts.get().encode().size();
      return plan.bytes() + size <= POOL_BYTES_MAX && plan.gas() + size * GAS_PER_BYTE <= gasMax;
    }

    @Override
    Sender sender() {
      return Settlement::settleWithReceipts;
    }
  },

  /**
   * In blobs, which nodes keep for about 18 days: some 220 blob gas a receipt if blobs are full. It
   * brings native code into this process.
   */
  BLOB {
    @Override
    boolean fits(BatchPlan plan, Supplier<ReceiptData> receipts, long gasMax) {
      int size = receipts.get().encode().size();
      return size <= BlobCoding.DATA_BYTES_MAX
          && plan.gas() + BlobCoding.count(size) * Settlement.GAS_PER_BLOB <= gasMax;
    }

    @Override
    Sender sender() {
      NativeKzg kzg = NativeKzg.load();
      return (settlement, account, batch, receipts) ->
          settlement.settleWithBlobs(account, batch, receipts, kzg);
    }
  };

  /** Nodes take no transaction of more than 128 KiB into their pools. */
  static final int POOL_BYTES_MAX = 128 << 10;

  /** What a byte that is not zero costs at most, since EIP-7623. */
  private static final long GAS_PER_BYTE = 40;

  /** How a batch is sent with its receipts. */
  @FunctionalInterface
  interface Sender {
    Mined send(
        Settlement settlement, TransactionSender account, SignedBatch batch, ReceiptData receipts);
  }

  /** Whether a batch can be sent with its receipts in one transaction of at most so much gas. */
  abstract boolean fits(BatchPlan plan, Supplier<ReceiptData> receipts, long gasMax);

  /**
   * @throws io.teex.protocol.TeexException {@code DEPENDENCY_MISSING} if what it takes is not there
   */
  abstract Sender sender();

  /**
   * @throws IllegalArgumentException with the words that are expected
   */
  static Posting parse(String text) {
    return Arrays.stream(values())
        .filter(one -> one.toString().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "expected one of "
                    + Arrays.stream(values())
                        .map(Posting::toString)
                        .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
