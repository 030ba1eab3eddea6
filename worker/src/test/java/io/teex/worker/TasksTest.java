package io.teex.worker;

import static io.teex.worker.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.blobs.Cid;
import io.teex.executor.Dataset;
import io.teex.executor.Executor;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Hpke;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Lease;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TasksTest {
  private static final byte[] DATA = "training digits".repeat(300).getBytes(StandardCharsets.UTF_8);

  private final Scene scene = new Scene();
  private final FakeMarket market = new FakeMarket(scene, wasm(), DATA);
  private final ManualTime time = new ManualTime();
  private List<WorkerFacts> facts = List.of(scene.facts());
  private final Tasks tasks = tasks(market);
  private final Order order = scene.order(market.imageDigest(), List.of());

  @Test
  void answersWithAnOutputThatTheReceiptNames() throws Exception {
    Answer answer = execute(order);

    Receipt receipt = answer.receipt().value();
    SaltedContent opened = opened(answer);
    assertThat(opened.content().expose()).isEqualTo(scene.input);
    assertThat(opened.outputCommitment()).isEqualTo(receipt.outputCommitment());
    assertThat(Sha256.hash(answer.sealedOutput().copy())).isEqualTo(receipt.outputCiphertext());
    assertThat(market.blobs.get(Cid.parse(answer.outputCid())))
        .isEqualTo(answer.sealedOutput().copy());
    assertThat(answer.receipt().signer(scene.domain)).isEqualTo(scene.worker.address());
    assertThat(receipt.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(receipt.execution().has(Execution.SIMULATED)).isTrue();
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void chargesInStepsAndTellsMemoryAndTimeInBuckets() throws Exception {
    scene.clock.pass(Duration.ofSeconds(1));

    Receipt receipt = execute(order).receipt().value();

    assertThat(receipt.fuel()).isEqualTo(2_000_000);
    assertThat(receipt.memoryBytes()).isEqualTo(4 << 20);
    assertThat(receipt.finishedAt() % 60).isZero();
    assertThat(receipt.finishedAt()).isGreaterThan(scene.clock.instant().getEpochSecond());
    assertThat(receipt.isConserved()).isTrue();
    Amount price = Pricing.price(Scene.PRICE, 2_000_000);
    assertThat(receipt.fee().providerAmount().plus(receipt.fee().workerAmount())).isEqualTo(price);
    assertThat(receipt.fee().workerPayee()).isEqualTo(scene.payout);
    assertThat(receipt.fee().provider()).isEqualTo(scene.provider);
    assertThat(receipt.fee().total()).isEqualTo(price.plus(Amount.of(27)));
  }

  @Test
  void executesAnAttemptOnceHoweverOftenItsTicketIsShown() throws Exception {
    Ticket ticket = scene.ticket(order);

    Answer first = execute(ticket);
    Answer second = execute(ticket);

    assertThat(second).isSameAs(first);
    assertThat(market.tasks).hasSize(1);
    assertThat(market.receipts).hasSize(1);
  }

  @Test
  void refusesAnInputThatWasNotOrderedAndLetsTheRightOneFollow() throws Exception {
    Ticket ticket = scene.ticket(order);
    TaskInput other =
        new TaskInput.Given("not to be".getBytes(StandardCharsets.UTF_8), scene.inputSalt);

    refuses(ErrorCode.INPUT_MISMATCH, () -> tasks.accept(ticket, other, Scene.BASIS_POINTS));

    assertThat(execute(ticket).receipt().value().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void refusesABasisPointsClaimThatTheDispatcherDidNotMake() {
    refuses(
        ErrorCode.ORDER_MISMATCH,
        () -> tasks.accept(scene.ticket(order), scene.given(), Scene.BASIS_POINTS - 1));
  }

  @Test
  void chargesForWhatTheGuestDidWrongAndTellsItToTheUserAlone() throws Exception {
    market.guest = task -> FakeMarket.ended(Outcome.TRAP, "unreachable executed");

    Answer answer = execute(order);

    Receipt receipt = answer.receipt().value();
    assertThat(receipt.outcome()).isEqualTo(Outcome.TRAP);
    assertThat(receipt.fee().total().isZero()).isFalse();
    assertThat(receipt.outputCommitment()).isEqualTo(Bytes32.ZERO);
    assertThat(receipt.outputCiphertext()).isEqualTo(Bytes32.ZERO);
    assertThat(answer.outputCid()).isEmpty();
    assertThat(answer.sealedOutput().isEmpty()).isTrue();
    assertThat(answer.detail()).isEqualTo("unreachable executed");
  }

  @Test
  void chargesNothingForWhatThePlatformDidWrong() {
    market.guest = task -> FakeMarket.ended(Outcome.ENGINE_FAILURE, "the process died");

    refuses(ErrorCode.ENGINE_FAILURE, () -> execute(order));

    assertThat(market.receipts).isEmpty();
    assertThat(market.abandoned).containsExactly("ENGINE_FAILURE");
  }

  @Test
  void refusesAnImageThatIsNotTheOrderedOne() {
    market.swapImage(wasm());

    refuses(ErrorCode.BLOB_TAMPERED, () -> execute(order));

    assertThat(market.tasks).isEmpty();
    assertThat(market.abandoned).containsExactly("BLOB_TAMPERED");
  }

  @Test
  void refusesDataThatIsNotTheLicensedOne() {
    market.withData();
    market.swapData(DATA);

    refuses(ErrorCode.BLOB_TAMPERED, () -> execute(orderWithData()));

    assertThat(market.tasks).isEmpty();
  }

  @Test
  void givesTheGuestItsDataAndNoMoreOutputThanTheLicenceAllows() throws Exception {
    market.withData();

    Answer answer = execute(orderWithData());

    assertThat(market.tasks.getFirst().outputBytesMax()).isEqualTo(64);
    assertThat(answer.receipt().value().datasets())
        .singleElement()
        .satisfies(charge -> assertThat(charge.amount()).isEqualTo(Amount.of(77)));
    assertThat(answer.receipt().value().isConserved()).isTrue();
  }

  @Test
  void givesTheGuestTheLicensedRangeAndNothingElse() throws Exception {
    market.withData();
    market.license(new ChunkRange(2, 4));
    List<Bytes> seen = new ArrayList<>();
    market.guest =
        task -> {
          Dataset range = task.datasets().getFirst();
          seen.add(Bytes.of(range.read(0, (int) range.size()).expose()));
          return FakeMarket.echo(task);
        };

    execute(orderWithData());

    assertThat(seen)
        .containsExactly(Bytes.of(DATA).slice(2 * SealedSet.CHUNK, 4 * SealedSet.CHUNK));
  }

  @Test
  void refusesAnOrderWhoseFeeDoesNotCoverTheWorstCase() {
    Order stingy = withFeeMax(Amount.of(1_000));

    refuses(ErrorCode.FEE_TOO_SMALL, () -> execute(stingy));

    assertThat(market.tasks).isEmpty();
  }

  @Test
  void opensAnInputThatWasSealedToTheService() throws Exception {
    Cid cid = market.sealInput(InputBinding.of(scene.domain, order), scene.input);

    Answer answer = executeStored(order, cid);

    assertThat(opened(answer).content().expose()).isEqualTo(scene.input);
  }

  @Test
  void refusesASealedInputOfAnotherUser() {
    InputBinding mine = InputBinding.of(scene.domain, order);
    InputBinding hers =
        new InputBinding(
            mine.chainId(),
            mine.settlement(),
            mine.service(),
            mine.version(),
            scene.stranger.address(),
            mine.inputCommitment());
    Cid cid = market.sealInput(hers, scene.input);

    refuses(ErrorCode.SEALED_INPUT_REFUSED, () -> executeStored(order, cid));

    assertThat(market.abandoned).containsExactly("SEALED_INPUT_REFUSED");
  }

  @Test
  void refusesASealedInputThatDoesNotOpenTheCommitment() {
    Cid cid =
        market.sealInput(
            InputBinding.of(scene.domain, order),
            "something else".getBytes(StandardCharsets.UTF_8));

    refuses(ErrorCode.INPUT_MISMATCH, () -> executeStored(order, cid));
  }

  @Test
  void takesNoUseOfDataForASealedInputThatDoesNotOpen() {
    market.withData();
    Order wanted = orderWithData();
    Cid garbage = market.sealGarbage(InputBinding.of(scene.domain, wanted));

    refuses(ErrorCode.BLOB_TAMPERED, () -> executeStored(wanted, garbage));

    assertThat(market.released).isEmpty();
    assertThat(market.abandoned).containsExactly("BLOB_TAMPERED");
  }

  @Test
  void takesNoUseOfDataForASealedInputThatWasNotOrdered() {
    market.withData();
    Order wanted = orderWithData();
    Cid other = market.sealInput(InputBinding.of(scene.domain, wanted), new byte[] {1});

    refuses(ErrorCode.INPUT_MISMATCH, () -> executeStored(wanted, other));

    assertThat(market.released).isEmpty();
  }

  @Test
  void takesNoUseOfDataForAnOrderThatEndsTooSoon() {
    market.withData();
    Order hasty = withDeadline(orderWithData(), Scene.START.plusSeconds(9));

    refuses(ErrorCode.ORDER_EXPIRED, () -> execute(hasty));

    assertThat(market.released).isEmpty();
  }

  @Test
  void chargesForDataThatWasReleasedThoughNoTimeIsLeftToUseIt() throws Exception {
    market.withData();
    market.guest = FakeMarket::timed;
    market.releasing = () -> scene.clock.pass(Duration.ofSeconds(19));

    Answer answer = execute(withDeadline(orderWithData(), Scene.START.plusSeconds(20)));

    Receipt receipt = answer.receipt().value();
    assertThat(receipt.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(receipt.datasets().getFirst().amount()).isEqualTo(Amount.of(77));
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void endsTheGuestEarlyEnoughForItsReceiptToCount() throws Exception {
    execute(withDeadline(order, Scene.START.plusSeconds(20)));

    assertThat(market.tasks.getFirst().wallTime())
        .isLessThanOrEqualTo(Duration.ofSeconds(18))
        .isGreaterThan(Duration.ofSeconds(10));
  }

  @Test
  void givesBackAnAttemptThatBrokeTheVirtualMachine() {
    market.guest =
        task -> {
          throw new OutOfMemoryError("a test's");
        };
    Ticket ticket = scene.ticket(order);

    assertThatThrownBy(() -> execute(ticket)).isInstanceOf(OutOfMemoryError.class);

    assertThat(market.abandoned).containsExactly("INTERNAL");
    refuses(ErrorCode.INTERNAL, () -> execute(ticket));
    assertThat(market.tasks).hasSize(1);
  }

  @Test
  void showsNothingToWhoeverComesWithAnotherLeaseOfTheSameAttempt() throws Exception {
    Signed<Order> signed = scene.user.sign(scene.domain, order);
    Ticket ticket = scene.ticket(signed, 1);
    execute(ticket);
    Lease lease = ticket.lease().value();
    Lease other =
        new Lease(
            lease.taskId(),
            lease.attempt(),
            lease.worker(),
            lease.dispatcher(),
            lease.expiry() + 1,
            lease.fencingToken());
    Ticket forged =
        new Ticket(
            signed,
            null,
            scene.dispatcher.sign(scene.domain, other),
            scene.dispatcherCertificate());

    refuses(ErrorCode.LEASE_INVALID, () -> execute(forged));

    assertThat(market.receipts).hasSize(1);
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void outputsOfDifferentSizesLookAlike() throws Exception {
    market.guest = task -> FakeMarket.repeated(1);
    Answer small = execute(order);
    market.guest = task -> FakeMarket.repeated(256);
    Answer large = execute(scene.order(market.imageDigest(), List.of()));

    assertThat(small.sealedOutput().size()).isEqualTo(large.sealedOutput().size());
  }

  @Test
  void givesNoOutputAwayWithoutAnAcknowledgementOfThisReceipt() {
    market.acknowledged = receipt -> Bytes32.ZERO;

    refuses(ErrorCode.ORDER_MISMATCH, () -> execute(order));
  }

  @Test
  void aReceiptNamesTheCertificateThatTheLeaseWasGivenUnder() throws Exception {
    WorkerFacts before = scene.facts();
    WorkerFacts renewed = scene.factsUntil(Scene.START.getEpochSecond() + 7_200);
    facts = List.of(renewed, before);
    leasedUnder(before);

    Answer old = execute(scene.order(market.imageDigest(), List.of()));
    leasedUnder(renewed);
    Answer fresh = execute(scene.order(market.imageDigest(), List.of()));

    assertThat(old.receipt().value().nodeCertificate()).isEqualTo(before.certificateHash());
    assertThat(fresh.receipt().value().nodeCertificate()).isEqualTo(renewed.certificateHash());
    assertThat(market.abandoned).isEmpty();
  }

  @Test
  void letsAnotherAttemptFollowWhenTheDispatcherRefusesTheReceipt() {
    market.acknowledged =
        receipt -> {
          throw new TeexException(ErrorCode.ORDER_MISMATCH, "another owner");
        };

    refuses(ErrorCode.UNAVAILABLE, () -> execute(order));

    assertThat(market.abandoned).containsExactly("UNAVAILABLE");
  }

  @Test
  void forgetsTheTasksSecrets() throws Exception {
    market.withData();
    execute(orderWithData());

    assertThat(market.released.getLast().imageKey().isDestroyed()).isTrue();
    assertThat(market.released.getLast().seed().isDestroyed()).isTrue();
    assertThat(market.released.getLast().datasets().getFirst().keys().isDestroyed()).isTrue();
    assertThat(market.tasks.getFirst().input().isDestroyed()).isTrue();
    assertThat(market.tasks.getFirst().datasets())
        .isNotEmpty()
        .allSatisfy(data ->
            assertThatThrownBy(() -> data.read(0, 1)).isInstanceOf(IllegalStateException.class));
  }

  @Test
  void forgetsTheTasksSecretsWhenItFails() {
    market.withData();
    market.swapData(DATA);

    refuses(ErrorCode.BLOB_TAMPERED, () -> execute(orderWithData()));

    assertThat(market.released.getLast().imageKey().isDestroyed()).isTrue();
    assertThat(market.released.getLast().seed().isDestroyed()).isTrue();
  }

  @Test
  void saysNothingOfInternalFailuresButAnId() {
    market.guest =
        task -> {
          throw new IllegalStateException("secret details");
        };

    refuses(ErrorCode.INTERNAL, () -> execute(order));

    assertThat(market.abandoned).containsExactly("INTERNAL");
  }

  @Test
  void whoeverHoldsTheTicketAloneCannotOpenTheOutput() throws Exception {
    Answer answer = execute(order);
    Hpke.KeyPair thief = Hpke.KeyPair.generate(scene.random);

    refuses(
        ErrorCode.BLOB_TAMPERED,
        () -> SealedOutput.openKey(thief, order.id(scene.domain), 1, answer.sealedOutputKey()));
  }

  private SaltedContent opened(Answer answer) {
    Receipt receipt = answer.receipt().value();
    return SealedOutput.open(
        SealedOutput.openKey(
            scene.outputKeys, receipt.taskId(), receipt.attempt(), answer.sealedOutputKey()),
        answer.sealedOutput());
  }

  private Tasks tasks(Executor executor) {
    return new Tasks(
        scene.tickets(),
        new OnceOnly<>(Duration.ofMinutes(10), 1 << 20, Answer::sizeBytes, scene.clock),
        new Preparation(
            market,
            market.blobs,
            new Images(market.blobs, ImageCache.NONE, 1 << 20),
            market,
            scene.clock,
            Duration.ofMinutes(1)),
        executor,
        new Delivery(
            scene.domain,
            scene.worker,
            () -> facts,
            market.blobs,
            market,
            Acknowledgements.FORGOTTEN,
            scene.clock,
            scene.random),
        market,
        new WorkerLog(),
        new Slots(2, Duration.ofSeconds(1)),
        new Pace(time, time));
  }

  /** Has the dispatcher take receipts that name this certificate only. */
  private void leasedUnder(WorkerFacts worker) {
    market.acknowledged =
        receipt -> {
          if (!receipt.value().nodeCertificate().equals(worker.certificateHash())) {
            throw new TeexException(ErrorCode.ORDER_MISMATCH, "another node certificate");
          }
          return receipt.value().hash(scene.domain);
        };
  }

  private Answer execute(Order ordered) throws InterruptedException {
    return execute(scene.ticket(ordered));
  }

  private Answer execute(Ticket ticket) throws InterruptedException {
    TaskInput input = scene.given();
    return tasks.execute(tasks.accept(ticket, input, Scene.BASIS_POINTS), input);
  }

  private Answer executeStored(Order ordered, Cid cid) throws InterruptedException {
    TaskInput input = new TaskInput.Stored(cid);
    return tasks.execute(tasks.accept(scene.ticket(ordered), input, Scene.BASIS_POINTS), input);
  }

  private Order orderWithData() {
    return scene.order(
        market.imageDigest(),
        List.of(new DatasetUse(new DatasetId(BigInteger.ONE), Bytes32.ZERO, Amount.of(100))));
  }

  private static Order withDeadline(Order order, Instant deadline) {
    return copy(order, order.fee(), deadline.getEpochSecond());
  }

  private Order withFeeMax(Amount max) {
    return copy(order, new FeeTerms(max, Scene.BASIS_POINTS), order.deadline());
  }

  private static Order copy(Order order, FeeTerms fee, long deadline) {
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        order.datasets(),
        order.purpose(),
        order.inputCommitment(),
        order.output(),
        fee,
        order.limits(),
        order.tier(),
        order.recentBlock(),
        deadline,
        order.salt());
  }

  /** The smallest module that is a WASI command. */
  private static byte[] wasm() {
    try {
      return Files.readAllBytes(Path.of("../examples/noop/noop.wasm"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
