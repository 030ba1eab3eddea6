package io.teex.dispatcher;

import static io.teex.dispatcher.TestMarket.DATASET;
import static io.teex.dispatcher.TestMarket.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.OutputLimits;
import io.teex.protocol.Pricing;
import io.teex.protocol.Profile;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Session;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrderDeskTest {
  private final TestMarket market = new TestMarket();

  @AfterEach
  void close() {
    market.close();
  }

  static void refused(ErrorCode code, ThrowingCallable call) {
    refused(code, "", call);
  }

  static void refused(ErrorCode code, String words, ThrowingCallable call) {
    assertThatExceptionOfType(TeexException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .withMessageContaining(words);
  }

  @Test
  void leasesAnOrderAndLocksItsMoney() {
    FakeWorker worker = market.joinedWorker("w1", 2);

    Task task = market.submit(market.order());

    Attempt attempt = TestMarket.attempt(task);
    assertThat(attempt.number()).isEqualTo(1);
    assertThat(attempt.worker()).isEqualTo(worker.address());
    assertThat(attempt.expiry()).isEqualTo(market.clock.seconds() + 30);
    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.of(1_000));
    assertThat(market.free(market.user, 0)).isEqualTo(Amount.of(99_000));
    assertThat(market.dispatcher.orders().lane(market.user.address(), 0).nextSequence())
        .isEqualTo(2);
  }

  @Test
  void takesAnOrderInOneWrite() {
    market.joinedWorker("w1", 2);
    long before = market.disk.status().revision();

    market.submit(market.order());

    assertThat(market.disk.status().revision()).isEqualTo(before + 1);
  }

  @Test
  void answersTheSameOrderTheSame() {
    FakeWorker worker = market.joinedWorker("w1", 2);
    Task task = market.submit(market.order());

    assertThat(market.submit(task.order(), Bytes.EMPTY)).isEqualTo(task);
    market.complete(worker, task);
    Task done = market.submit(task.order(), Bytes.EMPTY);
    market.dispatcher.settler().settle();
    Task settled = market.submit(task.order(), Bytes.EMPTY);
    assertThat(done.state()).isInstanceOf(TaskState.Acknowledged.class);
    assertThat(settled).isEqualTo(done);
    assertThat(market.dispatcher.workers().loads().getFirst().busy()).isZero();
  }

  @Test
  void neverLetsFencingTokensFallAlsoOverRestarts() {
    market.joinedWorker("w1", 12);
    long first = TestMarket.attempt(market.submit(market.order())).fencingToken();
    long second = TestMarket.attempt(market.submit(market.order().sequence(2))).fencingToken();
    market.restart();
    market.joinedWorker("w1", 12);
    long third = TestMarket.attempt(market.submit(market.order().sequence(3))).fencingToken();

    assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void refusesAWrongSignature() {
    SigningKey other = SigningKey.generate(market.random);

    refused(
        ErrorCode.SIGNATURE_INVALID,
        "is signed by %s, expected %s: sign it".formatted(other.address(), market.user.address()),
        () -> market.submit(other, market.order().build()));
  }

  @Test
  void refusesAnOrderForAnotherDispatcher() {
    Address other = TestMarket.account("other dispatcher");

    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().dispatcher(other)));
    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().dispatcher(Address.ZERO)));
  }

  @Test
  void refusesUnknownServicesVersionsAndPrices() {
    ServiceRef other = new ServiceRef(ServiceId.of(9), 1, SERVICE.imageDigest(), 1);
    ServiceRef version = new ServiceRef(SERVICE.id(), 2, SERVICE.imageDigest(), 1);
    ServiceRef price = new ServiceRef(SERVICE.id(), 1, SERVICE.imageDigest(), 2);

    for (ServiceRef unknown : List.of(other, version, price)) {
      refused(
          ErrorCode.UNKNOWN_SERVICE,
          "on chain: look it up again",
          () -> market.submit(market.order().service(unknown)));
    }
  }

  @Test
  void refusesAnInactiveService() {
    market.chain.list(
        SERVICE,
        new MarketView.Service(
            SERVICE.imageDigest(), TestMarket.PRICE, 0, TestMarket.PROVIDER, false));
    market.port.refresh();

    refused(ErrorCode.SERVICE_INACTIVE, () -> market.submit(market.order()));
  }

  @Test
  void takesAnOrderAtAPriceThatWasReplacedWhileItLived() {
    market.joinedWorker("w1", 9);
    long deadline = market.order().build().deadline();
    long last = deadline - Pricing.ORDER_LIFE_SECONDS_MAX;
    replacePrice(last);

    assertThat(market.submit(market.order()).state()).isInstanceOf(TaskState.Leased.class);

    replacePrice(last - 1);
    refused(
        ErrorCode.ORDER_MISMATCH,
        "holds for deadlines within 24 hours",
        () -> market.submit(market.order().sequence(2)));
  }

  private void replacePrice(long replacedAt) {
    market.chain.list(
        SERVICE,
        new MarketView.Service(
            SERVICE.imageDigest(), TestMarket.PRICE, replacedAt, TestMarket.PROVIDER, true));
    market.port.refresh();
  }

  @Test
  void refusesAnotherImageThanTheListedOne() {
    ServiceRef other = new ServiceRef(SERVICE.id(), 1, FakeWorker.named("other image"), 1);

    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().service(other)));
  }

  @Test
  void refusesDeadlinesThatPassedOrAreTooFar() {
    long now = market.clock.seconds();

    refused(
        ErrorCode.ORDER_EXPIRED,
        "the order's deadline %1$s has passed, it is %1$s: sign a new order"
            .formatted(Instant.ofEpochSecond(now)),
        () -> market.submit(market.order().deadline(now)));
    refused(ErrorCode.DEADLINE_TOO_FAR, () -> market.submit(market.order().deadline(now + 3_601)));
  }

  @Test
  void refusesADeadlineAfterTheAllowance() {
    SigningKey payer = SigningKey.generate(market.random);
    long expiry = market.clock.seconds() + 100;
    market.chain.allow(payer.address(), market.key.address(), 0, Amount.of(5_000), expiry);
    market.port.refresh();

    refused(
        ErrorCode.DEADLINE_TOO_FAR,
        () -> market.submit(payer, market.order(payer).deadline(expiry).build()));
    refused(
        ErrorCode.NO_WORKER,
        () -> market.submit(payer, market.order(payer).deadline(expiry - 1).build()));
  }

  @Test
  void refusesToActOnAViewOlderThanTheOrders() {
    BlockRef future = new BlockRef(market.chain.head() + 1, FakeWorker.named("future"));

    refused(ErrorCode.UNAVAILABLE, () -> market.submit(market.order().block(future)));
  }

  @Test
  void looksAgainBeforeItRefusesForAnOldView() {
    market.joinedWorker("w1", 1);
    market.chain.mine();

    assertThat(market.submit(market.order()).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void looksAgainBeforeItRefusesABlockThatReplacedTheOneItKnows() {
    market.joinedWorker("w1", 1);
    market.chain.reorganise(1);

    assertThat(market.submit(market.order()).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void refusesABlockOfAnotherChain() {
    BlockRef other = new BlockRef(1, FakeWorker.named("fork"));

    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().block(other)));
  }

  @Test
  void refusesAFeeThatTheWorstCaseExceeds() {
    // 100 + 10 × 10 = 200 for the service, 2 % for the dispatcher.
    refused(
        ErrorCode.FEE_TOO_SMALL,
        "cost 204, its maximum is 203: raise the maximum",
        () -> market.submit(market.order().feeMax(203)));
    market.joinedWorker("w1", 1);
    assertThat(market.submit(market.order().feeMax(204)).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void refusesAShareBelowItsOwn() {
    refused(ErrorCode.FEE_TOO_SMALL, () -> market.submit(market.order().basisPointsMax(199)));
  }

  @Test
  void countsDatasetsIntoTheFee() {
    // 200 for the service, 30 for the data, 4 for the dispatcher.
    refused(
        ErrorCode.FEE_TOO_SMALL,
        "234",
        () -> market.submit(market.order().datasets(DATASET).feeMax(233)));
  }

  @Test
  void refusesDatasetsThatAreUnknownRevokedOrTooExpensive() {
    DatasetUse unknown =
        new DatasetUse(DatasetId.of(2), DATASET.licenceDigest(), DATASET.priceCap());
    DatasetUse cheap = new DatasetUse(DATASET.id(), DATASET.licenceDigest(), Amount.of(29));

    refused(ErrorCode.UNKNOWN_DATASET, () -> market.submit(market.order().datasets(unknown)));
    refused(ErrorCode.FEE_TOO_SMALL, () -> market.submit(market.order().datasets(cheap)));
    market.chain.list(
        DATASET.id(),
        DATASET.licenceDigest(),
        new MarketView.Dataset(TestMarket.DATA_PRICE, TestMarket.DATA_OWNER, false));
    market.port.refresh();
    refused(
        ErrorCode.LICENCE_REVOKED,
        "ask its owner for another",
        () -> market.submit(market.order().datasets(DATASET)));
  }

  @Test
  void refusesDataWithoutACommittedInput() {
    refused(
        ErrorCode.ORDER_MISMATCH,
        () -> market.submit(market.order().datasets(DATASET).inputCommitment(Bytes32.ZERO)));
  }

  @Test
  void refusesWhatItDoesNotServeYet() {
    Tier twoOfThree =
        new Tier(Isolation.PROCESS, Tier.WASM_1, TeeKind.SIMULATED.bit(), 0, 2, 3, 0, 0, 0);
    Tier profile = new Tier(Isolation.PROCESS, "wasm-9", 1, 0, 1, 1, 0, 0, 0);

    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().tier(twoOfThree)));
    refused(ErrorCode.ORDER_MISMATCH, () -> market.submit(market.order().tier(profile)));
  }

  @Test
  void servesAnswersInStepsThatAreSome() {
    market.joinedWorker("w1", 2);
    Tier stepped =
        Tier.single(
            Isolation.SESSION,
            Profile.of(Tier.WASM_1).withResponseStep(500),
            TeeKind.SIMULATED.bit());
    Tier tooLong =
        new Tier(Isolation.SESSION, "wasm-1+step=60001", TeeKind.SIMULATED.bit(), 0, 1, 1, 0, 0, 0);

    market.submit(market.order().tier(stepped));
    refused(
        ErrorCode.ORDER_MISMATCH,
        "10 to 60000 milliseconds",
        () -> market.submit(market.order().tier(tooLong)));
  }

  @Test
  void refusesATcbDateThatItCannotJudge() {
    Tier recent =
        new Tier(
            Isolation.PROCESS,
            Tier.WASM_1,
            TeeKind.SIMULATED.bit(),
            market.clock.seconds(),
            1,
            1,
            0,
            0,
            0);

    refused(ErrorCode.ORDER_MISMATCH, "TCB", () -> market.submit(market.order().tier(recent)));
  }

  @Test
  void refusesOutputsThatNoWorkerCanHold() {
    refused(
        ErrorCode.ORDER_MISMATCH,
        "output",
        () -> market.submit(market.order().output(OutputLimits.PLAIN_BYTES_MAX + 1, 0)));
    refused(
        ErrorCode.ORDER_MISMATCH,
        "output",
        () -> market.submit(market.order().output(1, Long.MAX_VALUE)));
    refused(
        ErrorCode.ORDER_MISMATCH,
        "output",
        () -> market.submit(market.order().output(Long.MAX_VALUE, Long.MAX_VALUE)));
    market.joinedWorker("w1", 1);
    assertThat(market.submit(market.order().output(OutputLimits.PLAIN_BYTES_MAX, 256)).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void refusesAPurposeThatNoLicenceCanState() {
    refused(
        ErrorCode.ORDER_MISMATCH,
        "purpose",
        () -> market.submit(market.order().purpose("p".repeat(257))));
    market.joinedWorker("w1", 1);
    assertThat(market.submit(market.order().purpose("p".repeat(256))).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void refusesASessionThatIsTooLongToKeep() {
    SigningKey sessionKey = SigningKey.generate(market.random);
    List<ServiceId> services = Collections.nCopies(1_000, SERVICE.id());

    refused(
        ErrorCode.ORDER_MISMATCH,
        "session",
        () ->
            market.submit(
                sessionKey.sign(TestMarket.DOMAIN, market.order().build()),
                session(sessionKey, 9_000, services)));
  }

  @Test
  void refusesMoreThanTheAllowanceHasFree() {
    market.joinedWorker("w1", 9);
    market.submit(market.order().feeMax(60_000));

    refused(
        ErrorCode.ALLOWANCE_TOO_SMALL,
        "has 40000 free (100000 on chain less 60000 locked): allow more",
        () -> market.submit(market.order().sequence(2).feeMax(40_001)));
    assertThat(market.submit(market.order().sequence(2).feeMax(40_000)).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void refusesClosedAndMissingLanes() {
    refused(
        ErrorCode.ALLOWANCE_CLOSED, "has no lane 7", () -> market.submit(market.order().lane(7)));
    market.chain.close(market.user.address(), market.key.address(), 0);
    market.port.refresh();
    refused(
        ErrorCode.ALLOWANCE_CLOSED,
        "allow money in another one",
        () -> market.submit(market.order()));
  }

  @Test
  void takesSequencesOneAfterTheOther() {
    market.joinedWorker("w1", 9);
    market.submit(market.order());

    refused(
        ErrorCode.SEQUENCE_REUSED,
        "was used by another order: sign with the next one, 2",
        () -> market.submit(market.order().salt("other")));
    refused(ErrorCode.SEQUENCE_GAP, () -> market.submit(market.order().sequence(3)));
    refused(ErrorCode.SEQUENCE_REUSED, () -> market.submit(market.order().sequence(0)));
  }

  @Test
  void refusesAReplayAfterItWasSettled() {
    FakeWorker worker = market.joinedWorker("w1", 9);
    Task task = market.submit(market.order());
    market.complete(worker, task);
    market.dispatcher.settler().settle();
    market.port.refresh();
    market.restart();
    market.joinedWorker("w1", 9);

    refused(ErrorCode.SEQUENCE_REUSED, () -> market.submit(market.order().salt("other")));
    assertThat(market.submit(task.order(), Bytes.EMPTY).state())
        .isInstanceOf(TaskState.Acknowledged.class);
  }

  @Test
  void takesNothingUntilItIsAdmittedOnChain() {
    market.chain.activate(market.key.address(), false);
    market.port.refresh();

    refused(ErrorCode.UNAVAILABLE, () -> market.submit(market.order()));
  }

  @Test
  void keepsAnOrderQueuedWhenNoWorkerIsFree() {
    refused(ErrorCode.NO_WORKER, () -> market.submit(market.order()));

    assertThat(market.locked(market.user, 0)).isEqualTo(Amount.of(1_000));
    market.joinedWorker("w1", 1);
    assertThat(market.submit(market.order()).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void settlesAnOrderThatNoWorkerEverTookAsVoid() {
    FakeWorker worker = market.worker("w1");
    refused(ErrorCode.NO_WORKER, () -> market.submit(market.order()));
    market.join(worker, 9);
    Task second = market.submit(market.order().sequence(2).deadline(market.clock.seconds() + 900));
    market.complete(worker, second);
    market.clock.advance(Duration.ofSeconds(601));
    market.dispatcher.sweeper().sweep();

    market.dispatcher.settler().settle();

    refused(
        ErrorCode.ORDER_EXPIRED,
        () -> market.submit(market.order().deadline(market.clock.seconds() - 1)));
    assertThat(market.chain.allowance(market.user.address(), market.key.address(), 0))
        .satisfies(lane -> assertThat(lane.settledSequence()).isEqualTo(2));
    assertThat(market.chain.isConserved()).isTrue();
  }

  @Test
  void keepsNothingOfLanesThatWereOnlyAskedAbout() {
    for (int lane = 100; lane < 200; lane++) {
      market.dispatcher.orders().lane(market.user.address(), lane);
    }

    assertThat(market.dispatcher.ledger().lanes()).isEmpty();
  }

  @Test
  void letsASessionKeySpendUpToItsCap() {
    market.joinedWorker("w1", 9);
    SigningKey sessionKey = SigningKey.generate(market.random);
    Bytes session = session(sessionKey, 2_500, List.of());

    for (int sequence = 1; sequence <= 2; sequence++) {
      market.submit(
          sessionKey.sign(TestMarket.DOMAIN, market.order().sequence(sequence).build()), session);
    }

    refused(
        ErrorCode.ALLOWANCE_TOO_SMALL,
        "session",
        () ->
            market.submit(
                sessionKey.sign(TestMarket.DOMAIN, market.order().sequence(3).build()), session));
    market.restart();
    market.joinedWorker("w2", 9);
    refused(
        ErrorCode.ALLOWANCE_TOO_SMALL,
        "session",
        () ->
            market.submit(
                sessionKey.sign(TestMarket.DOMAIN, market.order().sequence(3).build()), session));
  }

  @Test
  void givesBackToASessionWhatATaskDidNotCost() {
    FakeWorker worker = market.joinedWorker("w1", 9);
    SigningKey sessionKey = SigningKey.generate(market.random);
    Bytes session = session(sessionKey, 1_500, List.of());
    Task first = market.submit(sessionKey.sign(TestMarket.DOMAIN, market.order().build()), session);

    market.complete(worker, first);

    assertThat(
            market
                .submit(
                    sessionKey.sign(TestMarket.DOMAIN, market.order().sequence(2).build()), session)
                .state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void holdsASessionToItsServicesAndItsUser() {
    SigningKey sessionKey = SigningKey.generate(market.random);
    Bytes session = session(sessionKey, 9_000, List.of(ServiceId.of(5)));

    refused(
        ErrorCode.ORDER_MISMATCH,
        () -> market.submit(sessionKey.sign(TestMarket.DOMAIN, market.order().build()), session));
    refused(
        ErrorCode.SIGNATURE_INVALID,
        () ->
            market.submit(
                market.user.sign(TestMarket.DOMAIN, market.order().build()),
                session(sessionKey, 9_000, List.of())));
  }

  private Bytes session(SigningKey key, long cap, List<ServiceId> services) {
    return Bytes.of(
        market
            .user
            .sign(
                TestMarket.DOMAIN,
                new Session(
                    market.user.address(),
                    key.address(),
                    market.key.address(),
                    0,
                    Amount.of(cap),
                    Amount.of(1_000),
                    services,
                    market.clock.seconds() + 7_200,
                    FakeWorker.named("session")))
            .encode());
  }
}
