package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.OrderBuilder;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestDeskTest {
  private final TestMarket market = new TestMarket();
  private final FakeWorker worker = market.joinedWorker("w1", 4);

  @AfterEach
  void close() {
    market.close();
  }

  private OrderBuilder request() {
    return market.order().dispatcher(Address.ZERO).sequence(0);
  }

  private TaskId place(OrderBuilder order) {
    Signed<Order> signed = market.user.sign(TestMarket.DOMAIN, order.build());
    market.chain.request(signed, "sealed input");
    return signed.value().id(TestMarket.DOMAIN);
  }

  /** A request that names a block which no reorganisation reaches. */
  private OrderBuilder lasting() {
    return request().block(new BlockRef(0, market.chain.blockHash(0)));
  }

  /** Places an order in a block of the past, as a reorganisation may. */
  private TaskId placeIn(OrderBuilder order, long block) {
    Signed<Order> signed = market.user.sign(TestMarket.DOMAIN, order.build());
    market.chain.request(signed, "sealed input", block);
    return signed.value().id(TestMarket.DOMAIN);
  }

  private Task taken(TaskId id) {
    market.dispatcher.requests().poll();
    return market.find(id);
  }

  @Test
  void handsARequestToAWorkerAndSettlesItOutOfItsEscrow() {
    TaskId id = place(request());

    Task task = taken(id);
    market.complete(worker, market.receipt(worker, task, Outcome.COMPLETED, 3_000_000));
    List<SettledBatch> batches = market.dispatcher.settler().settle();

    assertThat(market.assigned)
        .singleElement()
        .satisfies(assigned -> assertThat(assigned.sealedInputCid()).isEqualTo("sealed input"))
        .satisfies(assigned -> assertThat(assigned.task().id()).isEqualTo(id));
    assertThat(batches.getFirst().batch().requests())
        .singleElement()
        .satisfies(payment -> assertThat(payment.amount()).isEqualTo(Amount.of(132)));
    assertThat(market.chain.refund(market.user.address())).isEqualTo(Amount.of(868));
    assertThat(market.chain.isConserved()).isTrue();
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
  }

  @Test
  void takesARequestOnceHoweverOftenItIsRead() {
    TaskId id = place(request());
    Task task = taken(id);
    market.complete(worker, task);
    market.dispatcher.requests().poll();
    market.dispatcher.settler().settle();
    market.dispatcher.requests().poll();
    market.restart();
    market.join(worker, 4);
    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
    assertThat(market.assigned).hasSize(1);
  }

  @Test
  void findsWhatWasRequestedWhileItWasDown() {
    market.dispatcher.close();
    TaskId first = place(request());
    for (int block = 0; block < 50; block++) {
      market.chain.mine();
    }
    TaskId second = place(request().salt("second"));
    market.dispatcher = market.open(market.disk);
    market.join(worker, 4);
    market.port.refresh();

    assertThat(taken(first).isRequested()).isTrue();
    assertThat(taken(second).isRequested()).isTrue();
  }

  @Test
  void leavesARequestThatItRefusesToOthers() throws InterruptedException {
    TaskId id = place(request().basisPointsMax(1));
    market.dispatcher.requests().poll();
    assertThat(market.find(id).state()).isInstanceOf(TaskState.Refused.class);

    assertThat(market.dispatcher.settler().settle()).isEmpty();
    market.clock.advance(Duration.ofHours(1));
    market.dispatcher.sweeper().sweep();
    assertThat(market.dispatcher.settler().settle()).isEmpty();

    assertThat(market.port.refresh().escrow(id).orElseThrow().open()).isTrue();
    assertThat(market.dispatcher.results().await(id, Duration.ZERO))
        .satisfies(result -> assertThat(result.state()).isEqualTo("refused"))
        .satisfies(result ->
            assertThat(result.task().state())
                .isInstanceOfSatisfying(
                    TaskState.Refused.class,
                    refused -> assertThat(refused.code()).isEqualTo(ErrorCode.FEE_TOO_SMALL)));
  }

  @Test
  void leavesARequestThatItsWorkersCouldNotServeToOthers() {
    market.unreachable = true;
    TaskId id = place(request());
    for (int attempt = 0; attempt < 3; attempt++) {
      market.dispatcher.requests().poll();
    }
    assertThat(market.find(id).state()).isInstanceOf(TaskState.Refused.class);

    assertThat(market.dispatcher.settler().settle()).isEmpty();

    assertThat(market.port.refresh().escrow(id).orElseThrow().open()).isTrue();
  }

  @Test
  void keepsNoRefusedRequestAmongThoseThatItWorksOn() {
    TaskId id = place(request().basisPointsMax(1));
    market.dispatcher.requests().poll();

    market.dispatcher.sweeper().sweep();
    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
  }

  @Test
  void aRequestThatNamesABlockOfTheFutureStopsNoOther() {
    market.clock.advance(Duration.ofSeconds(4));
    TaskId queued = place(request());
    market.dispatcher.requests().poll();
    assertThat(market.find(queued).state()).isEqualTo(new TaskState.Queued(0));
    TaskId future =
        place(request().block(new BlockRef(1L << 62, FakeWorker.named("future"))).salt("future"));
    TaskId after = place(request().salt("after"));
    market.join(worker, 4);

    market.dispatcher.requests().poll();

    assertThat(market.find(queued).state()).isInstanceOf(TaskState.Leased.class);
    assertThat(market.find(after).state()).isInstanceOf(TaskState.Leased.class);
    assertThat(market.find(future).state())
        .isInstanceOfSatisfying(
            TaskState.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ORDER_MISMATCH));
  }

  @Test
  void aRequestKnowsOnlyBlocksBeforeItsOwn() {
    long next = market.chain.head() + 1;
    TaskId id = place(request().block(new BlockRef(next, FakeWorker.named("guessed"))));

    assertThat(taken(id).state())
        .isInstanceOfSatisfying(
            TaskState.Refused.class,
            refused -> assertThat(refused.message()).contains("was placed in block " + next));
  }

  @Test
  void aRequestThatCannotBeJudgedStopsNoOtherAndIsTakenLater() {
    TaskId unreadable = place(request());
    TaskId after = place(request().salt("after"));
    market.chain.readable(unreadable, false);
    market.dispatcher.requests().poll();
    assertThat(market.find(after).state()).isInstanceOf(TaskState.Leased.class);
    assertThat(market.dispatcher.ledger().find(unreadable)).isEmpty();

    // It is remembered however many blocks and restarts later.
    for (int block = 0; block < 50; block++) {
      market.chain.mine();
    }
    market.dispatcher.requests().poll();
    market.restart();
    market.join(worker, 4);
    market.chain.readable(unreadable, true);

    assertThat(taken(unreadable).state()).isInstanceOf(TaskState.Leased.class);
    assertThat(market.assigned).hasSize(2);
  }

  @Test
  void doesNotWaitForARequestWhoseDeadlinePassed() {
    TaskId unreadable = place(request());
    market.chain.readable(unreadable, false);
    market.dispatcher.requests().poll();
    market.clock.advance(Duration.ofMinutes(11));
    market.join(worker, 4);
    market.dispatcher.requests().poll();
    market.chain.readable(unreadable, true);

    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(unreadable)).isEmpty();
  }

  @Test
  void keepsNothingOfARequestThatIsTooLong() {
    TaskId id = place(request().purpose("p".repeat(100_000)));
    TaskId after = place(request().salt("after"));

    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
    assertThat(market.find(after).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void givesARequestToAnotherWorkerWhenItsOwnIsLost() {
    FakeWorker second = market.joinedWorker("w2", 4);
    Task task = taken(place(request()));
    FakeWorker other = TestMarket.attempt(task).worker().equals(worker.address()) ? second : worker;
    market.clock.advance(Duration.ofSeconds(4));
    market.join(other, 4);

    market.dispatcher.sweeper().sweep();
    Task again = taken(task.id());

    assertThat(TestMarket.attempt(again).number()).isEqualTo(2);
    assertThat(TestMarket.attempt(again).worker()).isEqualTo(other.address());
  }

  @Test
  void losesTheAttemptOfAWorkerThatCannotBeReached() {
    market.unreachable = true;
    TaskId id = place(request());
    market.dispatcher.requests().poll();
    assertThat(market.find(id).state()).isEqualTo(new TaskState.Queued(1));

    market.unreachable = false;

    assertThat(TestMarket.attempt(taken(id)).number()).isEqualTo(2);
  }

  @Test
  void givesARequestAwayAgainThatItsWorkerNeverHeardOf() {
    Task task = taken(place(request()));
    market.clock.advance(Duration.ofSeconds(2));
    market.join(worker, 4);
    market.dispatcher.sweeper().sweep();
    assertThat(market.find(task.id()).state()).isInstanceOf(TaskState.Leased.class);

    market.clock.advance(Duration.ofSeconds(2));
    market.join(worker, 4);
    market.dispatcher.sweeper().sweep();

    assertThat(TestMarket.attempt(taken(task.id())).number()).isEqualTo(2);
  }

  @Test
  void forgetsAQueuedRequestThatAReorganisationUndid() {
    market.clock.advance(Duration.ofSeconds(4));
    TaskId id = place(lasting());
    market.dispatcher.requests().poll();
    assertThat(market.find(id).state()).isEqualTo(new TaskState.Queued(0));

    market.chain.reorganise(2);
    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
    assertThat(market.dispatcher.ledger().findSettled(id)).isEmpty();
    assertThat(place(lasting())).isEqualTo(id);
    market.join(worker, 4);
    assertThat(taken(id).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void takesARequestThatComesBackFarBelowWhereItHadRead() {
    TaskId before = place(request().salt("before"));
    market.dispatcher.requests().poll();
    for (int block = 0; block < 30; block++) {
      market.chain.mine();
      market.dispatcher.requests().poll();
    }
    market.chain.reorganise(30);
    TaskId id = placeIn(lasting(), market.chain.head() - 29);

    assertThat(taken(id).state()).isInstanceOf(TaskState.Leased.class);
    assertThat(market.find(before).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void undoesWhatWasUndoneWhileItWasDown() {
    market.clock.advance(Duration.ofSeconds(4));
    TaskId id = place(lasting());
    market.dispatcher.requests().poll();
    market.dispatcher.close();
    market.chain.reorganise(3);

    market.dispatcher = market.open(market.disk);
    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
  }

  @Test
  void acknowledgesNoReceiptOfARequestThatIsNotThere() {
    Task task = taken(place(lasting()));
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 3_000_000);
    market.chain.reorganise(1);
    market.dispatcher.requests().poll();

    refused(ErrorCode.UNAVAILABLE, () -> market.complete(worker, receipt));
    assertThat(place(lasting())).isEqualTo(task.id());
    market.port.refresh();
    market.complete(worker, receipt);

    assertThat(market.dispatcher.settler().settle()).hasSize(1);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void settlesARequestThatComesBackAfterItsReceipt() {
    Task task = taken(place(lasting()));
    market.complete(worker, task);
    market.chain.reorganise(1);
    market.dispatcher.requests().poll();
    assertThat(market.dispatcher.settler().settle()).isEmpty();

    assertThat(place(lasting())).isEqualTo(task.id());

    assertThat(market.dispatcher.settler().settle()).hasSize(1);
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void givesUpARequestThatNeverComesBack() {
    Task task = taken(place(lasting()));
    market.complete(worker, task);
    market.chain.reorganise(1);
    market.clock.advance(Duration.ofHours(3));

    assertThat(market.dispatcher.settler().settle()).isEmpty();

    assertThat(market.dispatcher.ledger().findSettled(task.id()))
        .hasValueSatisfying(settled -> assertThat(settled.in()).isEqualTo(SettledIn.ELSEWHERE));
  }

  @Test
  void waitsForAWorker() {
    market.clock.advance(Duration.ofSeconds(4));
    TaskId id = place(request());
    market.dispatcher.requests().poll();
    assertThat(market.find(id).state()).isEqualTo(new TaskState.Queued(0));

    market.join(worker, 4);

    assertThat(TestMarket.attempt(taken(id)).number()).isEqualTo(1);
  }

  @Test
  void filesARequestAwayThatWasReclaimed() {
    TaskId id = place(request());
    Task task = taken(id);
    market.complete(worker, task);
    market.chain.reclaim(id);

    assertThat(market.dispatcher.settler().settle()).isEmpty();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
    assertThat(market.dispatcher.ledger().findSettled(id))
        .hasValueSatisfying(settled -> assertThat(settled.in()).isEqualTo(SettledIn.ELSEWHERE));
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void doesNotTakeWhatAnotherDispatcherWasPaidFor() {
    SigningKey rival = SigningKey.generate(market.random);
    TaskId id = place(request());
    market.chain.reclaim(id);
    market.chain.activate(rival.address(), true);

    market.dispatcher.requests().poll();

    assertThat(market.dispatcher.ledger().find(id)).isEmpty();
  }

  @Test
  void letsNobodySpendTheAttemptsOfAPublicOrder() {
    Task task = taken(place(request()));

    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(task.order(), Bytes.EMPTY));
    refused(ErrorCode.ORDER_MISMATCH, () -> market.retry(task, 1));

    assertThat(market.find(task.id())).isEqualTo(task);
  }

  @Test
  void takesNoRequestThatNamesADispatcher() {
    TaskId id = place(market.order());
    market.dispatcher.requests().poll();

    assertThat(market.find(id).state()).isInstanceOf(TaskState.Refused.class);
  }
}
