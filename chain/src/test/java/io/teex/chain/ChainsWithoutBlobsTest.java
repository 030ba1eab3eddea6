package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.TeexException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Who posts in blobs where there are none is told so, and can go on without. */
class ChainsWithoutBlobsTest {
  @Test
  void aChainWithoutBlobsIsSaid() throws IOException {
    try (FakeNode node = new FakeNode()) {
      node.answer =
          request ->
              "{\"jsonrpc\":\"2.0\",\"id\":%s,%s}"
                  .formatted(
                      request.replaceAll(".*\"id\":(\\d+).*", "$1"),
                      request.contains("eth_chainId")
                          ? "\"result\":\"0x1\""
                          : request.contains("eth_getBlockByNumber")
                              ? "\"result\":{\"number\":\"0x1\"}"
                              : "\"error\":{\"code\":-32601,\"message\":\"no such method\"}");
      try (ChainClient client = ChainClient.connect(node.endpoint())) {
        assertThatThrownBy(client::blobBaseFee)
            .hasMessage(
                "the chain at %s has no blobs: post receipts in calldata, or their root alone"
                    .formatted(node.endpoint()))
            .isInstanceOfSatisfying(
                TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
      }
    }
  }

  /** Hardhat's node takes blobs in the form from before EIP-7594 alone. */
  @Test
  void aNodeThatDoesNotKnowTheCellProofsIsSaidAndHoldsNothingUp() {
    try (EmbeddedChain chain = EmbeddedChain.start(NodeKind.EDR)) {
      TransactionSender user = ReceiptBatches.openLane(chain);
      ReceiptData receipts = ReceiptBatches.receipts(chain, 20);
      SignedBatch batch = ReceiptBatches.batch(chain, receipts, 1, Bytes32.ZERO);

      assertThatThrownBy(
              () -> chain.settlement().settleWithBlobs(user, batch, receipts, NativeKzg.load()))
          .hasMessageContaining("blobs with the cell proofs of EIP-7594, if the node knows them")
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));

      assertThat(chain.settlement().settleWithReceipts(user, batch, receipts).succeeded()).isTrue();
    }
  }
}
