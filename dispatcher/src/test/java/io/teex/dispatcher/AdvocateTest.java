package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Court;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.OrderBuilder;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.Session;
import io.teex.protocol.SigningKey;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdvocateTest {
  /** What nodes pass on, less what is around a call. */
  private static final int POOL_BYTES_MAX = (128 << 10) - 300;

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
  void showsOrdersAndReceiptsOfAChallengedDebitInPartsThatNodesPassOn() {
    market.allow(market.user, 0, 1_000_000);
    for (int sequence = 1; sequence <= 70; sequence++) {
      done(sequence);
    }
    Batch batch = market.dispatcher.settler().settle().getFirst().batch();
    market.tribunal.asked.add(challenge(batch));

    poll();

    assertThat(market.tribunal.parts).extracting(Court.Part::first).containsExactly(0, 32, 64);
    assertThat(market.tribunal.parts).extracting(Court.Part::leaves).containsExactly(32, 32, 6);
    assertThat(market.tribunal.parts).extracting(Court.Part::height).containsExactly(5, 5, 6);
    Court.Part first = market.tribunal.parts.getFirst();
    assertThat(first.group()).hasSize(2);
    assertThat(first.charges().getFirst().order().sequence()).isEqualTo(1);
    Court.Part last = market.tribunal.parts.getLast();
    assertThat(last.charges()).hasSize(6);
    assertThat(last.voids()).isEqualTo(BigInteger.ZERO);
    assertPassedOn(batch);
  }

  @Test
  void cutsTheLargestOrdersAndSessionsThatItTakesIntoSmallerParts() {
    int tasks = 11;
    Batch batch = largest(tasks);
    market.tribunal.asked.add(challenge(batch));

    poll();

    assertThat(market.tribunal.parts).extracting(Court.Part::first).containsExactly(0, 8);
    assertPassedOn(batch);

    market.tribunal.parts.clear();
    market.tribunal.shown = BigInteger.ONE.shiftLeft(tasks).subtract(BigInteger.ONE).clearBit(5);
    poll();

    Court.Part alone = market.tribunal.parts.getFirst();
    assertThat(alone.charges()).hasSize(1);
    assertThat(bytes(batch, alone)).as("any leaf alone").isBetween(12_000, POOL_BYTES_MAX / 4);
  }

  @Test
  void showsTheRestWhereSomebodyElseShowedTasks() {
    for (int sequence = 1; sequence <= 7; sequence++) {
      done(sequence);
    }
    Batch batch = market.dispatcher.settler().settle().getFirst().batch();
    market.tribunal.asked.add(challenge(batch));
    market.tribunal.shown = BigInteger.ONE.setBit(5);

    poll();

    assertThat(market.tribunal.parts).extracting(Court.Part::first).containsExactly(1, 2, 4, 6);
    assertThat(market.tribunal.parts).extracting(Court.Part::leaves).containsExactly(1, 2, 1, 1);
    assertThat(market.tribunal.parts).extracting(Court.Part::height).containsExactly(0, 1, 0, 1);
  }

  /** A batch of as many tasks, each as large as an order and a session of its own can be. */
  private Batch largest(int tasks) {
    market.allow(market.user, 0, 1_000_000);
    DatasetUse[] datasets =
        IntStream.rangeClosed(1, 16)
            .mapToObj(number ->
                new DatasetUse(
                    DatasetId.of(number), FakeWorker.named("licence"), TestMarket.DATA_PRICE))
            .toArray(DatasetUse[]::new);
    for (DatasetUse use : datasets) {
      market.chain.list(
          use.id(),
          use.licenceDigest(),
          new MarketView.Dataset(TestMarket.DATA_PRICE, TestMarket.DATA_OWNER, true));
    }
    SigningKey key = SigningKey.generate(market.random);
    for (int sequence = 1; sequence <= tasks; sequence++) {
      OrderBuilder order =
          market.order().sequence(sequence).datasets(datasets).purpose("€".repeat(256));
      Bytes session = session(key, FakeWorker.named("session " + sequence));
      Task task = market.submit(key.sign(TestMarket.DOMAIN, order.build()), session);
      market.complete(worker, task);
    }
    return market.dispatcher.settler().settle().getFirst().batch();
  }

  private Bytes session(SigningKey key, Bytes32 salt) {
    Session session =
        new Session(
            market.user.address(),
            key.address(),
            market.key.address(),
            0,
            Amount.of(9_000),
            Amount.of(1_000),
            Collections.nCopies(240, TestMarket.SERVICE.id()),
            market.clock.seconds() + 7_200,
            salt);
    return Bytes.of(market.user.sign(TestMarket.DOMAIN, session).encode());
  }

  private void assertPassedOn(Batch batch) {
    assertThat(market.tribunal.parts)
        .allSatisfy(part -> assertThat(bytes(batch, part)).isLessThan(POOL_BYTES_MAX));
  }

  private int bytes(Batch batch, Court.Part part) {
    return Court.answerBytes(batch.header().value(), challenge(batch), part);
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
