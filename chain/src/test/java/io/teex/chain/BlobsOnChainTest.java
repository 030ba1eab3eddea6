package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ReceiptData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts in blobs of real transactions, on two nodes that have nothing in common. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class BlobsOnChainTest {
  @Parameter NodeKind kind;

  private static EmbeddedChain chain;
  private static TransactionSender sender;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
    sender = ReceiptBatches.openLane(chain);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @Test
  void aBatchIsSettledWithItsReceiptsInABlob() {
    ReceiptData receipts = ReceiptBatches.receipts(chain, 20);
    SignedBatch batch = ReceiptBatches.batch(chain, receipts, 1, Bytes32.ZERO);

    Mined mined = chain.settlement().settleWithBlobs(sender, batch, receipts, NativeKzg.load());

    assertThat(mined.succeeded()).isTrue();
    assertThat(mined.blobGasUsed()).isEqualTo(1 << 17);
  }
}
