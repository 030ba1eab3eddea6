package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Court;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdvocateTest {
  private final TestMarket market = new TestMarket();
  private final FakeWorker worker = market.joinedWorker("w1", 500);

  @AfterEach
  void close() {
    market.close();
  }

  private Task done(long sequence) {
    Task task = market.submit(market.order().sequence(sequence));
    market.complete(worker, task);
    return task;
  }

  private Court.Question challenge(Batch batch) {
    return new Court.Question(batch.hash(TestMarket.DOMAIN), Court.Subject.DEBIT, BigInteger.ZERO);
  }

  private void poll() {
    market.dispatcher.advocate().poll();
  }

  @Test
  void showsOrdersAndReceiptsOfAChallengedDebitInParts() {
    market.allow(market.user, 0, 1_000_000);
    for (int sequence = 1; sequence <= 70; sequence++) {
      done(sequence);
    }
    Batch batch = market.dispatcher.settler().settle().getFirst().batch();
    market.tribunal.asked.add(challenge(batch));

    poll();

    assertThat(market.tribunal.parts).hasSize(2);
    Court.Part first = market.tribunal.parts.getFirst();
    assertThat(first.first()).isZero();
    assertThat(first.leaves()).isEqualTo(64);
    assertThat(first.height()).isEqualTo(6);
    assertThat(first.group()).hasSize(1);
    assertThat(first.charges().getFirst().order().sequence()).isEqualTo(1);
    Court.Part second = market.tribunal.parts.getLast();
    assertThat(second.first()).isEqualTo(64);
    assertThat(second.charges()).hasSize(6);
    assertThat(second.voids()).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void showsOnlyWhatWasNotShown() {
    for (int sequence = 1; sequence <= 3; sequence++) {
      done(sequence);
    }
    Batch batch = market.dispatcher.settler().settle().getFirst().batch();
    market.tribunal.asked.add(challenge(batch));
    market.tribunal.shown = BigInteger.valueOf(7);

    poll();

    assertThat(market.tribunal.parts).isEmpty();
  }

  @Test
  void leavesOtherDispatchersToAnswerForThemselves() {
    market.tribunal.asked.add(
        new Court.Question(Keccak.hash(new byte[] {1}), Court.Subject.DEBIT, BigInteger.ZERO));

    poll();

    assertThat(market.tribunal.parts).isEmpty();
  }

  @Test
  void provesThatADemandedReceiptWasSettledOnceItIs() {
    Task task = market.submit(market.order());
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 1);
    market.complete(worker, receipt);
    Bytes32 hash = receipt.hash(TestMarket.DOMAIN);
    market.tribunal.demanded.add(hash);

    poll();
    assertThat(market.tribunal.leaves).isEmpty();
    market.dispatcher.settler().settle();
    poll();

    assertThat(market.tribunal.leaves).extracting(ReceiptLeaf::receipt).containsExactly(hash);
  }

  @Test
  void collectsAtFirstAndAfterEveryAnswerAndNotInBetween() {
    poll();
    poll();
    assertThat(market.tribunal.collected).isEqualTo(1);

    done(1);
    market.tribunal.asked.add(challenge(market.dispatcher.settler().settle().getFirst().batch()));
    poll();

    assertThat(market.tribunal.collected).isEqualTo(2);
  }

  @Test
  void introducesTheWorkersOfABatchToTheRegistryBefore() {
    done(1);
    assertThat(market.chain.knows(worker.address())).isFalse();

    market.dispatcher.settler().settle();

    assertThat(market.chain.knows(worker.address())).isTrue();
    assertThat(market.chain.credit(worker.payout())).isNotEqualTo(Amount.ZERO);
  }

  @Test
  void paysWorkersThatTheRegistryRefuses() {
    FakeWorker other = market.joinedWorker("w2", 500);
    market.chain.refuse(worker.address());
    market.chain.refuse(other.address());
    done(1);

    assertThat(market.dispatcher.settler().settle()).hasSize(1);
  }

  @Test
  void refusesToForgetWhatItMayHaveToShow() {
    market.dispatcher.close();
    market.tribunal.memory = Duration.ofHours(25);

    refused(ErrorCode.USAGE, "results.keep", () -> market.open(market.disk));
  }
}
