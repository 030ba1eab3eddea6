package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.LaneDebits;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client's records say of a debit for the tasks 3 to 5. */
class JustificationTest {
  @Test
  void receiptsSayExactlyWhatADebitMayBe() {
    Justification seen = of(kept(3, 10, true), kept(4, 20, true), kept(5, 30, true));

    assertThat(seen.isExceededBy(Amount.of(60))).isFalse();
    assertThat(seen.of(Amount.of(60))).isEqualTo("is what the receipts say");
    assertThat(seen.isExceededBy(Amount.of(61))).isTrue();
  }

  @Test
  void anOrderWithoutAReceiptMayCostItsMaximum() {
    Justification seen = of(kept(3, 10, true), kept(4, 200, false), kept(5, 30, true));

    assertThat(seen.of(Amount.of(240)))
        .isEqualTo("is within what the orders allow; the receipts of 1 are not here");
    assertThat(seen.isExceededBy(Amount.of(241))).isTrue();
  }

  @Test
  void aSequenceWithoutAnOrderMayCostNothing() {
    Justification seen = of(kept(4, 20, true));

    assertThat(seen.of(Amount.of(20)))
        .isEqualTo("is what the receipts say; no order is kept here for 2 of its 3 tasks");
    assertThat(seen.isExceededBy(Amount.of(21))).isTrue();
  }

  @Test
  void ofTwoOrdersForOneSequenceTheDearerCounts() {
    Justification seen = of(kept(3, 10, false), kept(3, 70, false), kept(3, 20, false));

    assertThat(seen.most()).isEqualTo(Amount.of(70));
    assertThat(seen.orders()).isEqualTo(1);
  }

  @Test
  void ordersOfOtherBatchesExplainNothing() {
    Justification seen = of(kept(2, 100, true), kept(6, 100, true));

    assertThat(seen.most()).isEqualTo(Amount.ZERO);
    assertThat(seen.of(Amount.ZERO)).isEqualTo("takes nothing");
  }

  private static Justification of(OrderRecords.Kept... records) {
    return Justification.of(
        new LaneDebits.Taken(0, 2, 5, Amount.ZERO, 1, Bytes32.ZERO), List.of(records));
  }

  private static OrderRecords.Kept kept(long sequence, long most, boolean hasReceipt) {
    return new OrderRecords.Kept(sequence, Amount.of(most), hasReceipt);
  }
}
