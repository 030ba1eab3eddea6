package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static io.teex.dispatcher.TestMarket.DATASET;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeChain.Fault;
import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Outcome;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.SigningKey;
import io.teex.teeds.testing.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettlerTest {
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

  private Allowance allowance() {
    return market.chain.allowance(market.user.address(), market.key.address(), 0);
  }

  @Test
  void paysEverybodyOutOfOneBatch() {
    Task task = market.submit(market.order().datasets(DATASET));
    market.complete(worker, market.receipt(worker, task, Outcome.COMPLETED, 10_000_000));

    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches).hasSize(1);
    // 200 for the service, of which 40 + 10 × 5 for the worker; 30 for the data; 2 % of 230.
    assertThat(market.chain.credit(worker.payout())).isEqualTo(Amount.of(90));
    assertThat(market.chain.credit(TestMarket.PROVIDER)).isEqualTo(Amount.of(110));
    assertThat(market.chain.credit(TestMarket.DATA_OWNER)).isEqualTo(Amount.of(30));
    assertThat(market.chain.credit(TestMarket.DISPATCHER_PAYEE)).isEqualTo(Amount.of(4));
    assertThat(allowance().remaining()).isEqualTo(Amount.of(100_000 - 234));
    assertThat(market.chain.isConserved()).isTrue();
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
    assertThat(market.dispatcher.ledger().tasks()).isEmpty();
  }

  @Test
  void tellsWhereATaskWasSettled() throws InterruptedException {
    Task task = done(1);
    SettledBatch batch = market.dispatcher.settler().settle().getFirst();

    ResultDesk.Result result = market.dispatcher.results().await(task.id(), Duration.ZERO);

    assertThat(result.state()).isEqualTo("settled");
    assertThat(result.settled()).contains(new SettledIn(1, batch.transaction()));
    assertThat(market.dispatcher.batches().transactions()).containsExactly(batch.transaction());
  }

  @Test
  void stopsBeforeASequenceThatIsNotDone() {
    done(1);
    Task second = market.submit(market.order().sequence(2));
    done(3);

    assertThat(market.dispatcher.settler().settle().getFirst().batch().count()).isEqualTo(1);
    assertThat(allowance().settledSequence()).isEqualTo(1);
    market.complete(worker, second);
    assertThat(market.dispatcher.settler().settle().getFirst().batch().count()).isEqualTo(2);
    assertThat(allowance().settledSequence()).isEqualTo(3);
  }

  @Test
  void sendsABatchAgainThatAReorganisationUndidWhenNothingElseIsDue() {
    done(1);
    market.dispatcher.settler().settle();
    market.chain.undoLastBatch(market.key.address());

    market.dispatcher.settler().poll();
    market.port.refresh();

    assertThat(allowance().settledSequence()).isEqualTo(1);
    done(2);
  }

  @Test
  void goesOnWhenTheBatchBeforeIsUndoneWhileTheNextIsOnItsWay() {
    done(1);
    market.dispatcher.settler().settle();
    done(2);
    market.port.failNext(Fault.ONE_BEFORE_UNDONE);

    assertThat(market.dispatcher.settler().settle()).hasSize(1);

    assertThat(allowance().settledSequence()).isEqualTo(2);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void goesOnWhenABatchIsUndoneWhileAnotherIsSentAgain() {
    for (int sequence = 1; sequence <= 3; sequence++) {
      done(sequence);
      market.dispatcher.settler().settle();
    }
    market.chain.undoLastBatch(market.key.address());
    market.port.failNext(Fault.ONE_BEFORE_UNDONE);

    market.dispatcher.settler().poll();

    assertThat(allowance().settledSequence()).isEqualTo(3);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void linksEachBatchToTheOneBefore() {
    for (int sequence = 1; sequence <= 5; sequence++) {
      done(sequence);
      market.dispatcher.settler().settle();
      if (sequence % 2 == 0) {
        market.restart();
        market.join(worker, 500);
      }
    }

    assertThat(market.chain.batches(market.key.address())).hasSize(5);
    assertThat(market.dispatcher.batches().landed().tasks()).isEqualTo(5);
  }

  @Test
  void splitsWhatDoesNotFitIntoOneBatch() {
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, withBatches(3, 15_000_000, 1));
    market.join(worker, 500);
    for (int sequence = 1; sequence <= 7; sequence++) {
      done(sequence);
    }

    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches).extracting(batch -> batch.batch().count()).containsExactly(3, 3, 1);
  }

  @Test
  void settlesWithinItsStakeAndTheRestWhenThatIsFreeAgain() {
    for (int sequence = 1; sequence <= 5; sequence++) {
      done(sequence);
    }
    // Enough for two of these tasks, not for three.
    market.chain.freeStake(Amount.of(335));

    assertThat(market.dispatcher.settler().settle())
        .extracting(batch -> batch.batch().count())
        .containsExactly(2);
    assertThat(market.dispatcher.settler().settle()).isEmpty();
    assertThat(market.dispatcher.ledger().tasks()).hasSize(3);

    market.chain.freeStake(Amount.MAX);
    assertThat(market.dispatcher.settler().settle())
        .extracting(batch -> batch.batch().count())
        .containsExactly(3);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void neverPutsMoreThanAGroupOfALaneIntoABatch() {
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, withBatches(1_000, 15_000_000, 1));
    market.join(worker, 500);
    market.allow(market.user, 0, 1_000_000);
    for (int sequence = 1; sequence <= 300; sequence++) {
      done(sequence);
    }

    assertThat(market.dispatcher.settler().settle())
        .extracting(batch -> batch.batch().count())
        .containsExactly(256, 44);
  }

  @Test
  void keepsABatchBelowTheGasOfATransaction() {
    market.dispatcher.close();
    long gas = BatchPlan.gas(4, 0, 3);
    market.dispatcher = market.open(market.disk, withBatches(1_000, gas, 1));
    market.join(worker, 500);
    for (int payer = 0; payer < 10; payer++) {
      SigningKey user = SigningKey.generate(market.random);
      market.allow(user, 0, 5_000);
      Task task = market.submit(user, market.order(user).build());
      market.complete(worker, task);
    }

    assertThat(market.dispatcher.settler().settle())
        .extracting(batch -> batch.batch().debits().size())
        .containsExactly(4, 4, 2);
    assertThat(market.chain.isConserved()).isTrue();
  }

  /** Gas would do for more: a batch has to be small enough to be cancelled, too. */
  @Test
  void plansNoBatchLargerThanTheContractTakes() {
    int payers = BatchPlan.ENTRIES_MAX + 6;
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, withBatches(1_000, 15_000_000, 1));
    market.join(worker, 500);
    for (int payer = 0; payer < payers; payer++) {
      SigningKey user = SigningKey.generate(market.random);
      market.allow(user, 0, 5_000);
      market.complete(worker, market.submit(user, market.order(user).build()));
    }

    assertThat(market.dispatcher.settler().settle())
        .extracting(batch -> batch.batch().debits().size() + batch.batch().credits().size())
        .containsExactly(384, 12);
    assertThat(market.chain.isConserved()).isTrue();
  }

  private static DispatcherSettings withBatches(int tasksMax, long gasMax, int payersMin) {
    return withBatches(tasksMax, gasMax, payersMin, Posting.ROOT);
  }

  private static DispatcherSettings withBatches(
      int tasksMax, long gasMax, int payersMin, Posting posting) {
    DispatcherSettings settings = TestMarket.settings();
    return new DispatcherSettings(
        settings.basisPoints(),
        settings.payout(),
        settings.orders(),
        settings.workers(),
        new DispatcherSettings.Batches(
            tasksMax,
            gasMax,
            Duration.ofMinutes(1),
            payersMin,
            Duration.ofMinutes(30),
            true,
            posting));
  }

  private void reopen(DispatcherSettings settings) {
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, settings);
    market.join(worker, 500);
  }

  private ReceiptData posted(SettledBatch batch) {
    return market.port.posted(batch.batch().number()).orElseThrow();
  }

  @Test
  void postsAllThatABatchSettledIfItIsTo() {
    reopen(withBatches(200, 15_000_000, 1, Posting.CALLDATA));
    done(1);
    market.submit(market.order().sequence(2));
    market.clock.advance(Duration.ofSeconds(601));
    market.dispatcher.sweeper().sweep();
    market.join(worker, 500);
    done(3);

    SettledBatch batch = market.dispatcher.settler().settle().getFirst();

    assertThat(posted(batch).requireOf(batch.batch().header().value(), TestMarket.DOMAIN).entries())
        .extracting(ReceiptData.Entry::kind)
        .containsExactly(ReceiptLeaf.Kind.RECEIPT, ReceiptLeaf.Kind.VOID, ReceiptLeaf.Kind.RECEIPT);
  }

  @Test
  void postsTheSameWhenABatchThatHadLandedIsSentAgain() {
    reopen(withBatches(200, 15_000_000, 1, Posting.CALLDATA));
    done(1);
    done(2);
    SettledBatch batch = market.dispatcher.settler().settle().getFirst();
    ReceiptData before = posted(batch);
    market.chain.undoLastBatch(market.key.address());
    reopen(withBatches(200, 15_000_000, 1, Posting.CALLDATA));

    market.dispatcher.settler().poll();

    assertThat(market.port.sent()).isEqualTo(2);
    assertThat(posted(batch)).isEqualTo(before);
  }

  @Test
  void settlesWithoutReceiptsRatherThanTooLate() {
    reopen(withBatches(200, 15_000_000, 1, Posting.BLOB));
    done(1);
    market.port.failNext(Fault.NOT_POSTED);
    refused(
        ErrorCode.CHAIN_REJECTED,
        "the chain takes no receipts",
        () -> market.dispatcher.settler().settle());
    assertThat(allowance().settledSequence()).isZero();

    market.clock.advance(Duration.ofMinutes(15));
    market.port.failNext(Fault.NOT_POSTED);
    market.dispatcher.settler().settle();

    assertThat(allowance().settledSequence()).isEqualTo(1);
    assertThat(market.port.posted(1)).isEmpty();
  }

  @Test
  void putsNoMoreIntoABatchThanCanBePostedWithIt() {
    // Room for a lane and a payee, and for the bytes of a few receipts.
    long gasMax = BatchPlan.gas(1, 0, 3) + 40 * 1_500;
    reopen(withBatches(200, gasMax, 1, Posting.CALLDATA));
    for (int sequence = 1; sequence <= 40; sequence++) {
      done(sequence);
    }

    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches).hasSizeGreaterThan(1);
    assertThat(allowance().settledSequence()).isEqualTo(40);
    for (SettledBatch batch : batches) {
      assertThat(posted(batch).encode().size()).isLessThanOrEqualTo(1_500);
    }
  }

  @Test
  void waitsForCompanyBeforeItSettles() {
    market.dispatcher.settler().poll();
    done(1);
    market.dispatcher.settler().poll();
    assertThat(market.chain.batches(market.key.address())).isEmpty();

    market.clock.advance(Duration.ofSeconds(59));
    market.dispatcher.settler().poll();
    assertThat(market.chain.batches(market.key.address())).isEmpty();
    market.clock.advance(Duration.ofSeconds(1));
    market.dispatcher.settler().poll();
    assertThat(market.chain.batches(market.key.address())).hasSize(1);
  }

  @Test
  void settlesAFullBatchAtOnceIfItHasPayersEnough() {
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, withBatches(2, 15_000_000, 2));
    market.join(worker, 500);
    done(1);
    done(2);
    market.dispatcher.settler().poll();
    assertThat(market.chain.batches(market.key.address())).isEmpty();

    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    market.complete(worker, market.submit(other, market.order(other).build()));
    market.dispatcher.settler().poll();

    assertThat(market.chain.batches(market.key.address())).hasSize(1);
  }

  @Test
  void settlesOnDemandOnlyWithPayersEnough() {
    market.dispatcher.close();
    market.dispatcher = market.open(market.disk, withBatches(200, 15_000_000, 2));
    market.join(worker, 500);
    done(1);
    assertThat(market.dispatcher.settler().settle()).isEmpty();

    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    market.complete(worker, market.submit(other, market.order(other).build()));

    assertThat(market.dispatcher.settler().settle()).hasSize(1);
  }

  @Test
  void makesNoBatchOnDemandOfWhatIsNotWorthOne() {
    market.submit(market.order());
    market.clock.advance(Duration.ofSeconds(601));
    market.dispatcher.sweeper().sweep();

    assertThat(market.dispatcher.settler().settle()).isEmpty();
    assertThat(market.chain.batches(market.key.address())).isEmpty();
  }

  @Test
  void sendsALostBatchAgainByteForByte() {
    done(1);
    market.port.failNext(Fault.LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    Batch written = market.dispatcher.batches().underWay().orElseThrow();
    done(2);

    market.restart();
    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches.getFirst().batch()).isEqualTo(written);
    assertThat(batches).hasSize(2);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void doesNotSettleTwiceWhenTheAnswerIsLost() {
    done(1);
    market.port.failNext(Fault.ANSWER_LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    market.restart();

    assertThat(market.dispatcher.settler().settle()).hasSize(1);

    assertThat(market.port.sent()).isEqualTo(1);
    assertThat(market.chain.batches(market.key.address())).hasSize(1);
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
  }

  @Test
  void doesNotCountABatchTwiceWhileItsAnswerIsLost() {
    done(1);
    market.port.failNext(Fault.ANSWER_LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    assertThat(market.free(market.user, 0)).isEqualTo(Amount.of(100_000 - 132));
    market.port.refresh();

    assertThat(market.free(market.user, 0)).isEqualTo(Amount.of(100_000 - 132));
  }

  @Test
  void leavesALaneOutThatWasReleasedAndPaysTheOthers() {
    done(1);
    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    market.complete(worker, market.submit(other, market.order(other).build()));
    market.chain.close(market.user.address(), market.key.address(), 0);
    market.clock.advance(Duration.ofHours(3));
    market.chain.release(market.user.address(), market.key.address(), 0);

    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst().batch().debits()).hasSize(1);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void makesABatchAnewThatTheChainRefusesForOneLane() {
    done(1);
    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    market.complete(worker, market.submit(other, market.order(other).build()));
    market.port.failNext(Fault.LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    market.chain.close(market.user.address(), market.key.address(), 0);
    market.clock.advance(Duration.ofHours(3));
    market.chain.release(market.user.address(), market.key.address(), 0);

    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches.getFirst().batch().number()).isEqualTo(1);
    assertThat(batches.getFirst().batch().debits())
        .extracting(debit -> debit.payer())
        .containsExactly(other.address());
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void acceptsThatAGivenUpBatchWasSettledAfterAll() {
    done(1);
    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    market.complete(worker, market.submit(other, market.order(other).build()));
    market.port.failNext(Fault.LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    Batch first = market.dispatcher.batches().underWay().orElseThrow();
    long expiry = allowance().expiry();
    market.chain.close(market.user.address(), market.key.address(), 0);
    market.clock.advance(Duration.ofHours(3));
    market.port.failSecond(Fault.LOST);
    refused(ErrorCode.CHAIN_UNAVAILABLE, () -> market.dispatcher.settler().settle());
    market.chain.allow(market.user.address(), market.key.address(), 0, Amount.ZERO, expiry);
    market.chain.as(market.key.address()).settle(first);

    market.restart();
    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(batches.getFirst().batch()).isEqualTo(first);
    assertThat(allowance().settledSequence()).isEqualTo(1);
    assertThat(market.dispatcher.ledger().tasks()).isEmpty();
    assertThat(market.chain.batches(market.key.address())).hasSize(1);
  }

  @Test
  void settlesAgainWhatAReorganisationUndid() {
    done(1);
    market.dispatcher.settler().settle();
    done(2);
    market.chain.undoLastBatch(market.key.address());

    market.dispatcher.settler().settle();

    assertThat(market.chain.batches(market.key.address())).hasSize(2);
    assertThat(allowance().settledSequence()).isEqualTo(2);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void refusesToServeFromAStoreThatIsOlderThanTheChain() {
    done(1);
    market.dispatcher.settler().settle();
    market.dispatcher.close();

    refused(ErrorCode.STORE_CORRUPT, "rolled back", () -> market.open(new InMemoryStore()));
  }

  @Test
  void saysWhyTheChainRefuses() {
    done(1);
    market.chain.activate(market.key.address(), false);

    refused(
        ErrorCode.CHAIN_REJECTED,
        "DispatcherNotActive",
        () -> market.dispatcher.settler().settle());
    market.chain.activate(market.key.address(), true);
    assertThat(market.dispatcher.settler().settle()).hasSize(1);
  }

  @Test
  void letsTwoDispatchersSpendNothingTwice() {
    try (TestMarket unused = new TestMarket()) {
      SigningKey second = SigningKey.generate(market.random);
      market.chain.activate(second.address(), true);
      market.port.refresh();
      Task mine = market.submit(market.order());

      refused(
          ErrorCode.ORDER_MISMATCH,
          () -> market.submit(market.order().dispatcher(second.address()).sequence(2)));
      market.complete(worker, mine);
      market.dispatcher.settler().settle();

      assertThat(market.chain.allowance(market.user.address(), second.address(), 0).remaining())
          .isEqualTo(Amount.ZERO);
      assertThat(unused.takenOver).isFalse();
    }
  }

  @Test
  void stopsAProcessWhoseStateAnotherTookOver() {
    Task task = market.submit(market.order());
    Dispatcher old = market.dispatcher;
    market.dispatcher = market.open(market.disk);
    Dispatcher young = market.dispatcher;
    market.dispatcher = old;

    refused(ErrorCode.UNAVAILABLE, "took over", () -> market.submit(market.order().sequence(2)));

    assertThat(market.takenOver).isTrue();
    market.dispatcher = young;
    market.join(worker, 5);
    assertThat(market.submit(task.order(), Bytes.EMPTY)).isEqualTo(task);
    old.close();
  }

  @Test
  void makesNoBatchOfItsOwnForOrdersThatWereNeverExecuted() {
    Task task = market.submit(market.order());
    market.clock.advance(Duration.ofSeconds(601));
    market.dispatcher.sweeper().sweep();
    assertThat(market.find(task.id()).state()).isInstanceOf(TaskState.Refused.class);
    market.dispatcher.settler().poll();
    market.clock.advance(Duration.ofHours(1));
    market.dispatcher.settler().poll();
    assertThat(market.chain.batches(market.key.address())).isEmpty();

    market.join(worker, 500);
    done(2);
    market.clock.advance(Duration.ofMinutes(1));
    market.dispatcher.settler().poll();
    market.clock.advance(Duration.ofMinutes(1));
    market.dispatcher.settler().poll();

    assertThat(market.chain.batches(market.key.address()))
        .extracting(Batch::count)
        .containsExactly(2);
  }

  @Test
  void settlesManyUsersTasksInOneTransaction() {
    List<SigningKey> users = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SigningKey user = SigningKey.generate(market.random);
      market.allow(user, 0, 100_000);
      users.add(user);
    }
    for (int sequence = 1; sequence <= 10; sequence++) {
      for (SigningKey user : users) {
        Task task = market.submit(user, market.order(user).sequence(sequence).build());
        market.complete(worker, task);
      }
    }
    market.dispatcher.settler().poll();

    assertThat(market.chain.batches(market.key.address()))
        .extracting(Batch::count)
        .containsExactly(200);
    assertThat(market.chain.isConserved()).isTrue();
  }
}
