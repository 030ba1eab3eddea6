package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts that a dispatcher posts on a real chain, and anybody reads back. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class ReceiptsOnChainTest {
  @Parameter NodeKind kind;

  private static final int TASKS = 20;

  @Test
  void whatABatchSettledIsReadFromItsTransaction() {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      TransactionSender sender = ReceiptBatches.openLane(chain);
      ReceiptData receipts = ReceiptBatches.receipts(chain, TASKS);

      SignedBatch first = ReceiptBatches.batch(chain, receipts, 1, Bytes32.ZERO);
      Mined mined = chain.settlement().settleWithReceipts(sender, first, receipts);
      Bytes32 head = TypedData.hash(chain.addresses.domain(), first.header().value());
      ReceiptData others = ReceiptBatches.receipts(chain, 2 * TASKS);
      chain
          .settlement()
          .settleWithReceipts(sender, ReceiptBatches.batch(chain, others, 2, head), receipts);

      List<Settlement.Settled> settled =
          chain
              .settlement()
              .batches(ReceiptBatches.DISPATCHER.address(), 0, chain.client.blockNumber());
      assertThat(settled.getFirst().transaction()).isEqualTo(mined.transaction());
      assertThat(read(chain, settled.getFirst()))
          .contains(new PostedReceipts.Posted(PostedReceipts.Place.CALLDATA, List.of(), receipts));
      assertThat(chain.settlement().open(chain.client, settled.getFirst()))
          .as("whoever doubts the batch reads it from the same transaction")
          .isEqualTo(new Settlement.Opened(first, List.of(0L)));
      assertThatThrownBy(() -> read(chain, settled.getLast()))
          .hasMessageContaining("batch 2 has 40")
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    }
  }

  private static Optional<PostedReceipts.Posted> read(
      EmbeddedChain chain, Settlement.Settled settled) {
    return new PostedReceipts(chain.client, chain.addresses, BlobSource.embedded(chain.client))
        .read(settled);
  }
}
