package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static io.teex.dispatcher.TestMarket.DATASET;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.ReceiptChange;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptDeskTest {
  private final TestMarket market = new TestMarket();
  private final FakeWorker worker = market.joinedWorker("w1", 4);

  @AfterEach
  void close() {
    market.close();
  }

  @Test
  void keepsAReceiptAndAcknowledgesIt() {
    Task task = market.submit(market.order());
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 3_000_001);

    Signed<Acknowledgement> acknowledgement = market.complete(worker, receipt);

    acknowledgement.requireSigner(TestMarket.DOMAIN, market.key.address());
    assertThat(acknowledgement.value())
        .isEqualTo(
            new Acknowledgement(
                task.id(),
                1,
                receipt.hash(TestMarket.DOMAIN),
                market.clock.seconds() + Duration.ofMinutes(30).toSeconds()));
    // 100 + 4 × 10 for four started millions, 2 % on top.
    assertThat(receipt.fee().total()).isEqualTo(Amount.of(142));
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.of(142));
    assertThat(market.dispatcher.workers().loads().getFirst().busy()).isZero();
  }

  @Test
  void keepsAReceiptInOneWrite() {
    Task task = market.submit(market.order());
    long before = market.disk.status().revision();

    market.complete(worker, task);

    assertThat(market.disk.status().revision()).isEqualTo(before + 1);
  }

  @Test
  void answersTheSameReceiptTheSameAlsoAfterRestartAndSettlement() {
    Task task = market.submit(market.order());
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 1);
    Signed<Acknowledgement> first = market.complete(worker, receipt);

    assertThat(market.complete(worker, receipt)).isEqualTo(first);
    market.restart();
    assertThat(market.complete(worker, receipt)).isEqualTo(first);
    market.dispatcher.settler().settle();
    assertThat(market.complete(worker, receipt)).isEqualTo(first);
  }

  @Test
  void refusesASecondReceiptAndKeepsItAsEvidence() {
    Task task = market.submit(market.order());
    market.complete(worker, market.receipt(worker, task, Outcome.COMPLETED, 1));
    Signed<Receipt> other = worker.sign(market.receipt(worker, task, Outcome.COMPLETED, 9_000_000));

    refused(ErrorCode.ALREADY_EXISTS, () -> market.complete(other));
    refused(ErrorCode.ALREADY_EXISTS, () -> market.complete(other));

    Bytes key = Keys.evidence(task.id(), other.value().hash(TestMarket.DOMAIN));
    assertThat(market.disk.get(key)).isPresent();
    market.dispatcher.settler().settle();
    refused(ErrorCode.ALREADY_EXISTS, () -> market.complete(other));
    assertThat(market.chain.credit(worker.payout())).isEqualTo(Amount.of(45));
  }

  @Test
  void keepsNoEvidenceThatTheWorkerDidNotSign() {
    Task task = market.submit(market.order());
    market.complete(worker, market.receipt(worker, task, Outcome.COMPLETED, 1));
    Receipt other = market.receipt(worker, task, Outcome.COMPLETED, 9_000_000);
    Signed<Receipt> forged = market.worker("w2").sign(other);

    refused(ErrorCode.ALREADY_EXISTS, () -> market.complete(forged));

    Bytes key = Keys.evidence(task.id(), other.hash(TestMarket.DOMAIN));
    assertThat(market.disk.get(key)).isEmpty();
  }

  @Test
  void refusesReceiptsOfWorkersThatWereNotLeasedTheTask() {
    Task task = market.submit(market.order());
    FakeWorker thief = market.joinedWorker("w2", 4);
    Receipt inHisOwnName =
        thief.receipt(
            task.order().value(),
            TestMarket.attempt(task).lease(task.id(), market.key.address()),
            market.tariff(task),
            Outcome.COMPLETED,
            1);
    Signed<Receipt> inTheOthersName =
        thief.sign(market.receipt(worker, task, Outcome.COMPLETED, 1));

    refused(ErrorCode.LEASE_INVALID, () -> market.complete(thief.sign(inHisOwnName)));
    refused(ErrorCode.SIGNATURE_INVALID, () -> market.complete(inTheOthersName));
  }

  @Test
  void refusesAReceiptOfAnAttemptThatWasTakenAway() {
    FakeWorker second = market.joinedWorker("w2", 4);
    Task task = market.submit(market.order());
    FakeWorker slow = TestMarket.attempt(task).worker().equals(worker.address()) ? worker : second;
    FakeWorker quick = slow == worker ? second : worker;
    Receipt late = market.receipt(slow, task, Outcome.COMPLETED, 1);
    market.clock.advance(Duration.ofSeconds(4));
    market.join(quick, 4);
    market.dispatcher.sweeper().sweep();

    refused(ErrorCode.LEASE_INVALID, () -> market.complete(slow, late));
    Task again = market.retry(task, 1);
    refused(ErrorCode.LEASE_INVALID, () -> market.complete(slow, late));

    assertThat(TestMarket.attempt(again).number()).isEqualTo(2);
    assertThat(TestMarket.attempt(again).worker()).isEqualTo(quick.address());
    market.complete(quick, again);
    refused(ErrorCode.ALREADY_EXISTS, () -> market.complete(slow, late));
  }

  @Test
  void refusesWhateverAReceiptSaysOtherwiseThanOrderAndTerms() {
    Task task = market.submit(market.order().datasets(DATASET));
    Receipt right = market.receipt(worker, task, Outcome.COMPLETED, 1);
    Address thief = TestMarket.account("thief");
    FeeSplit fee = right.fee();
    ReceiptChange change = new ReceiptChange(right);
    Map<String, Receipt> wrong =
        Map.ofEntries(
            Map.entry("dispatcher", change.with("dispatcher", thief)),
            Map.entry("node certificate", change.with("nodeCertificate", FakeWorker.named("x"))),
            Map.entry("input", change.with("inputCommitment", FakeWorker.named("x"))),
            Map.entry("image", change.withDigest("image", FakeWorker.named("x"))),
            Map.entry("price", change.withDigest("price", FakeWorker.named("x"))),
            Map.entry("licences", change.withDigest("licences", FakeWorker.named("x"))),
            Map.entry("cost table", change.withDigest("costTable", FakeWorker.named("x"))),
            Map.entry("fuel over the limit", change.with("fuel", 11_000_000L)),
            Map.entry("fuel between steps", change.with("fuel", 1_500_000L)),
            Map.entry("another fuel's price", change.with("fuel", 2_000_000L)),
            Map.entry(
                "inflated fee",
                change.with(
                    "fee",
                    new FeeSplit(
                        fee.total().plus(Amount.of(10)),
                        fee.provider(),
                        fee.providerAmount(),
                        fee.workerPayee(),
                        fee.workerAmount().plus(Amount.of(10)),
                        fee.dispatcherPayee(),
                        fee.dispatcherAmount()))),
            Map.entry(
                "shifted fee",
                change.with(
                    "fee",
                    new FeeSplit(
                        fee.total(),
                        fee.provider(),
                        fee.providerAmount().minus(Amount.of(10)),
                        fee.workerPayee(),
                        fee.workerAmount().plus(Amount.of(10)),
                        fee.dispatcherPayee(),
                        fee.dispatcherAmount()))),
            Map.entry(
                "another payee",
                change.with(
                    "fee",
                    new FeeSplit(
                        fee.total(),
                        thief,
                        fee.providerAmount(),
                        fee.workerPayee(),
                        fee.workerAmount(),
                        fee.dispatcherPayee(),
                        fee.dispatcherAmount()))),
            Map.entry("no charge for data", change.with("datasets", List.of())),
            Map.entry(
                "data paid to another",
                change.with(
                    "datasets",
                    List.of(
                        new DatasetCharge(
                            DATASET.id(), DATASET.licenceDigest(), thief, TestMarket.DATA_PRICE)))),
            Map.entry(
                "finished before it began", change.with("finishedAt", market.clock.seconds() - 60)),
            Map.entry(
                "finished in the future", change.with("finishedAt", market.clock.seconds() + 61)),
            Map.entry("void", change.with("outcome", Outcome.VOID)),
            Map.entry("flags left out", change.withFlags(0)),
            Map.entry("no ciphertext", change.with("outputCiphertext", Bytes32.ZERO)));

    wrong.forEach((what, receipt) -> assertThat(receipt).as(what).isNotEqualTo(right));
    wrong.forEach((what, receipt) ->
        refused(ErrorCode.ORDER_MISMATCH, () -> market.complete(worker, receipt)));
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.of(1_000));
    market.complete(worker, right);
  }

  @Test
  void refusesAnOutputWithoutItsKey() {
    Task task = market.submit(market.order());
    Signed<Receipt> receipt = worker.sign(market.receipt(worker, task, Outcome.COMPLETED, 1));

    refused(
        ErrorCode.ORDER_MISMATCH,
        () ->
            market
                .dispatcher
                .receipts()
                .complete(new ReceiptDesk.Delivery(receipt, "cid", Bytes.EMPTY)));
  }

  @Test
  void refusesAReceiptAfterTheDeadline() {
    Task task = market.submit(market.order());
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 1);
    market.clock.advance(Duration.ofSeconds(601));

    refused(ErrorCode.ORDER_EXPIRED, () -> market.complete(worker, receipt));
    market.dispatcher.sweeper().sweep();
    refused(ErrorCode.LEASE_INVALID, () -> market.complete(worker, receipt));
  }

  @Test
  void chargesForWhatTheGuestDidWrong() {
    Task task = market.submit(market.order());

    market.complete(worker, market.receipt(worker, task, Outcome.TRAP, 2_000_000));

    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.of(122));
  }

  @Test
  void chargesNothingForFailuresOfThePlatform() {
    Task task = market.submit(market.order().datasets(DATASET));

    market.complete(worker, market.receipt(worker, task, Outcome.ENGINE_FAILURE, 2_000_000));

    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
    settleWithATaskFor132();
    assertThat(market.chain.allowance(market.user.address(), market.key.address(), 0))
        .isEqualTo(
            new Allowance(
                Amount.of(100_000 - 132),
                2,
                market.clock.seconds() + Duration.ofDays(1).toSeconds()));
  }

  @Test
  void paysTheOwnerOfEitherMomentWhenAServiceIsSoldMeanwhile() {
    Task task = market.submit(market.order());
    Address buyer = TestMarket.account("buyer");
    market.chain.list(
        TestMarket.SERVICE,
        new MarketView.Service(TestMarket.SERVICE.imageDigest(), TestMarket.PRICE, 0, buyer, true));
    market.port.refresh();
    Terms terms = task.terms();
    Receipt read =
        worker.receipt(
            task.order().value(),
            TestMarket.attempt(task).lease(task.id(), market.key.address()),
            new FakeWorker.Tariff(
                terms.price(), buyer, List.of(), terms.basisPoints(), terms.dispatcherPayee()),
            Outcome.COMPLETED,
            1);

    market.complete(worker, read);

    assertThat(market.find(task.id()).state()).isInstanceOf(TaskState.Acknowledged.class);
  }

  @Test
  void knowsNoTaskThatWasNeverOrdered() {
    Task task = market.submit(market.order());
    Receipt receipt =
        new ReceiptChange(market.receipt(worker, task, Outcome.COMPLETED, 1))
            .with("taskId", new TaskId(FakeWorker.named("no task")));

    refused(ErrorCode.NOT_FOUND, () -> market.complete(worker, receipt));
  }

  @Test
  void givesAnAbandonedTaskToAnotherWorker() {
    Task task = market.submit(market.order());

    market
        .dispatcher
        .receipts()
        .abandon(
            task.id(),
            1,
            worker.certificate().value().tlsKeyHash(),
            ErrorCode.ENGINE_FAILURE,
            "no sandbox");

    assertThat(market.find(task.id()).state()).isEqualTo(new TaskState.Queued(1));
    assertThat(TestMarket.attempt(market.retry(task, 1)).number()).isEqualTo(2);
  }

  @Test
  void givesATaskUpThatNoWorkerCanExecute() {
    Task task = market.submit(market.order());

    market
        .dispatcher
        .receipts()
        .abandon(
            task.id(),
            1,
            worker.certificate().value().tlsKeyHash(),
            ErrorCode.LICENCE_EXHAUSTED,
            "no uses left");

    refused(ErrorCode.LICENCE_EXHAUSTED, () -> market.submit(task.order(), Bytes.EMPTY));
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
  }

  @Test
  void letsNobodyAbandonAnothersTask() {
    Task task = market.submit(market.order());

    refused(
        ErrorCode.LEASE_INVALID,
        () ->
            market
                .dispatcher
                .receipts()
                .abandon(task.id(), 1, FakeWorker.named("other"), ErrorCode.ENGINE_FAILURE, ""));
    refused(
        ErrorCode.LEASE_INVALID,
        () ->
            market
                .dispatcher
                .receipts()
                .abandon(
                    task.id(),
                    2,
                    worker.certificate().value().tlsKeyHash(),
                    ErrorCode.ENGINE_FAILURE,
                    ""));
  }

  @Test
  void givesATaskUpAfterThreeAttempts() {
    Task task = market.submit(market.order());

    for (int attempt = 1; attempt <= 3; attempt++) {
      market
          .dispatcher
          .receipts()
          .abandon(
              task.id(),
              attempt,
              worker.certificate().value().tlsKeyHash(),
              ErrorCode.ENGINE_FAILURE,
              "broken");
      if (attempt < 3) {
        market.retry(task, attempt);
      }
    }

    refused(ErrorCode.ENGINE_FAILURE, () -> market.submit(task.order(), Bytes.EMPTY));
    settleWithATaskFor132();
    assertThat(market.chain.allowance(market.user.address(), market.key.address(), 0))
        .satisfies(lane -> assertThat(lane.settledSequence()).isEqualTo(2))
        .satisfies(lane -> assertThat(lane.remaining()).isEqualTo(Amount.of(100_000 - 132)));
  }

  /** What cost nothing is settled along with what did. */
  private void settleWithATaskFor132() {
    market.complete(worker, market.submit(market.order().sequence(2)));
    market.dispatcher.settler().settle();
  }

  @Test
  void doesNotTakeATaskFromAWorkerThatWorksOnIt() {
    Task task = market.submit(market.order());
    market.clock.advance(Duration.ofSeconds(1));
    market.join(worker, 4, task.id());

    refused(ErrorCode.LEASE_INVALID, () -> market.retry(task, 1));
    market.clock.advance(Duration.ofSeconds(31));
    market.join(worker, 4, task.id());
    market.dispatcher.sweeper().sweep();
    assertThat(market.find(task.id()).state()).isInstanceOf(TaskState.Leased.class);
    market.complete(worker, task);
  }

  @Test
  void retriesAtOnceWhenTheWorkerNeverMetTheUser() {
    Task task = market.submit(market.order());
    market.clock.advance(Duration.ofSeconds(1));
    market.join(worker, 4);

    assertThat(TestMarket.attempt(market.retry(task, 1)).number()).isEqualTo(2);
  }

  /** Who carries a sealed request can send it again. */
  @Test
  void aRetryThatIsAskedForAgainMakesNoFurtherAttempt() {
    Task task = market.submit(market.order());
    market.clock.advance(Duration.ofSeconds(1));
    market.join(worker, 4);
    Task retried = market.retry(task, 1);

    assertThat(market.retry(task, 1)).isEqualTo(retried);
  }

  /** Her connection to the worker broke after that had handed the receipt in. */
  @Test
  void aRetryOfATaskThatWasSettledMeanwhileAnswersWhatCameOfIt() {
    Task task = market.submit(market.order());
    market.complete(worker, task);
    market.dispatcher.settler().settle();

    assertThat(market.retry(task, 1).state()).isInstanceOf(TaskState.Acknowledged.class);
  }

  /** A worker asks again after a restart, while the batch with its receipt is being filed. */
  @Test
  void theSameReceiptIsAnsweredWhileItsTaskIsFiledAsSettled() throws Exception {
    Task task = market.submit(market.order());
    Signed<Receipt> receipt =
        worker.sign(market.receipt(worker, task, Outcome.COMPLETED, 3_000_000));
    market.complete(receipt);
    FutureTask<Signed<Acknowledgement>> answer = new FutureTask<>(() -> market.complete(receipt));
    Thread asking = new Thread(answer);

    market
        .dispatcher
        .ledger()
        .bookOf(task.id())
        .orElseThrow()
        .with(() -> {
          asking.start();
          while (asking.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
          market.dispatcher.settler().settle();
          return task;
        });

    assertThat(answer.get().value().receipt()).isEqualTo(receipt.value().hash(TestMarket.DOMAIN));
  }
}
