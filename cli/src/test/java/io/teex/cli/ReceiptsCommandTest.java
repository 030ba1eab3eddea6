package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.PostedReceipts;
import io.teex.chain.Settlement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.ReceiptLeaf;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptsCommandTest {
  private static final Address ANYBODY =
      Address.fromHex("0x00000000000000000000000000000000000000aa");

  @Test
  void saysWhereReceiptsWereReadAndWhatTheyWereCheckedAgainst() {
    Settlement.Settled settled =
        new Settlement.Settled(
            ANYBODY, 12, Bytes32.ZERO, Bytes32.ZERO, 1, Amount.ZERO, 5, Bytes32.ZERO);
    ReceiptData.Entry unused =
        new ReceiptData.Entry(ANYBODY, 0, 3, ReceiptLeaf.Kind.VOID, List.of());

    assertThat(
            ReceiptsCommand.words(
                settled,
                new PostedReceipts.Posted(
                    PostedReceipts.Place.BLOBS,
                    List.of(Bytes32.ZERO),
                    new ReceiptData(List.of(unused)))))
        .containsPattern("\\(sequence 3\\) +" + ANYBODY + " +void +0\n")
        .contains("All that batch 12 settled (tasks: 1, for 0): it hashes to the batch's root 0x00")
        .contains("Read from blobs of transaction 0x00");
  }
}
