package io.teex.sdk;

import static io.teex.sdk.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.TimeInterval;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Hpke;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.NodeCertificates;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskRunnerTest {
  private static final byte[] INPUT = "to be or not to be".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private final FakeMarket market = new FakeMarket();
  private OrderRecords records = OrderRecords.NONE;
  private final Lane lane = new Lane(market.user.address(), 0, market, market.clock);
  private final OrderTerms terms =
      OrderTerms.of(market.service, INPUT).withFeeMax(Amount.of(1_000_000));

  @Test
  void returnsTheVerifiedOutputWithItsReceipt() {
    TaskResult result = run(true);

    assertThat(result.requireCompleted()).isEqualTo(INPUT);
    assertThat(result.fee()).isEqualTo(Amount.of(1_081));
    assertThat(result.task()).isEqualTo(market.submitted.getFirst().value().id(market.domain));
    assertThat(result.toString()).doesNotContain("to be");
  }

  @Test
  void keepsWhatItSignedAndWhatItGotForIt() {
    records = new FileOrderRecords(directory, market.domain);

    TaskResult result = run(true);

    Order order = market.submitted.getFirst().value();
    assertThat(kept(order.sequence() - 1, order.sequence()))
        .containsExactly(new OrderRecords.Kept(order.sequence(), result.fee(), true));
    assertThat(kept(order.sequence(), order.sequence() + 9)).isEmpty();
  }

  @Test
  void keepsAnOrderThatCameToNothing() {
    records = new FileOrderRecords(directory, market.domain);
    market.ticket =
        ticket ->
            new Ticket(
                ticket.endpoint(),
                market.certificate(market.stranger, Role.WORKER, market.worker.address()),
                ticket.lease(),
                ticket.dispatcher(),
                ticket.basisPoints());
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> run(true));

    Order order = market.submitted.getFirst().value();
    assertThat(kept(0, order.sequence()))
        .containsExactly(new OrderRecords.Kept(order.sequence(), order.fee().max(), false));
  }

  private List<OrderRecords.Kept> kept(long after, long to) {
    return records.in(market.user.address(), market.dispatcher.address(), 0, after, to);
  }

  @Test
  void ordersAnewWhenTheBlockThatTheOrderKnewWasUndone() {
    market.head = new BlockRef(7, Bytes32.random(market.random));

    assertThat(run(true).requireCompleted()).isEqualTo(INPUT);

    assertThat(market.submitted).hasSize(1);
  }

  @Test
  void givesUpAnOrderThatIsRefusedOnTheNewestBlockToo() {
    market.knownBlock = new BlockRef(7, Bytes32.random(market.random));
    market.readsItsHead = false;

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  @Test
  void sendsNothingToAWorkerThatTheManagerDidNotCertify() {
    market.ticket =
        ticket ->
            new Ticket(
                ticket.endpoint(),
                market.certificate(market.stranger, Role.WORKER, market.worker.address()),
                ticket.lease(),
                ticket.dispatcher(),
                ticket.basisPoints());

    refuses(ErrorCode.CERTIFICATE_INVALID, () -> run(true));

    assertThat(market.executed).isEmpty();
  }

  @Test
  void sendsNothingToANodeThatIsNoWorker() {
    market.ticket =
        ticket ->
            new Ticket(
                ticket.endpoint(),
                market.certificate(market.manager, Role.STORE, market.worker.address()),
                ticket.lease(),
                ticket.dispatcher(),
                ticket.basisPoints());

    refuses(ErrorCode.CERTIFICATE_INVALID, () -> run(true));

    assertThat(market.executed).isEmpty();
  }

  @Test
  void refusesAReceiptOfAnotherTask() {
    run(true);
    Working.Answer old = lastAnswer();
    market.answer = fresh -> old;

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  private Working.Answer lastAnswer() {
    Order order = market.executed.getLast();
    Dispatching.State.Done done =
        (Dispatching.State.Done) market.result(order.id(market.domain), Duration.ZERO);
    return new Working.Answer(
        done.receipt(), done.acknowledgement(), done.outputCid(), Bytes.EMPTY, Bytes.EMPTY, "");
  }

  @Test
  void refusesAReceiptThatTheWorkerDidNotSign() {
    market.receiptSigner = market.stranger;

    refuses(ErrorCode.SIGNATURE_INVALID, () -> run(true));
  }

  @Test
  void refusesAnOutputThatIsNotTheReceipts() {
    market.answer =
        answer -> with(answer, flipped(answer.sealedOutput()), answer.sealedOutputKey());

    refuses(ErrorCode.BLOB_TAMPERED, () -> run(true));
  }

  @Test
  void refusesAnOutputThatDoesNotOpenItsCommitment() {
    SecretBytes key = SealedContent.newKey(market.random);
    Bytes other =
        SealedOutput.seal(key, SaltedContent.of(Bytes32.ZERO, new byte[] {1}), 0, market.random);
    market.receipt = receipt -> withCiphertext(receipt, Sha256.hash(other.copy()));
    market.answer = answer -> with(answer, other, sealedTo(userKey(), answer, key));

    refuses(ErrorCode.BLOB_TAMPERED, () -> run(true));
  }

  @Test
  void refusesAnOutputKeyThatWasSealedToSomebodyElse() {
    SecretBytes key = SealedContent.newKey(market.random);
    Bytes32 stranger = Hpke.KeyPair.generate(market.random).publicKey();
    market.answer = answer -> with(answer, answer.sealedOutput(), sealedTo(stranger, answer, key));

    refuses(ErrorCode.BLOB_TAMPERED, () -> run(true));
  }

  private Bytes32 userKey() {
    return market.executed.getLast().output().key();
  }

  private Bytes sealedTo(Bytes32 publicKey, Working.Answer answer, SecretBytes key) {
    Receipt receipt = answer.receipt().value();
    return SealedOutput.sealKey(publicKey, receipt.taskId(), receipt.attempt(), key, market.random);
  }

  @Test
  void refusesAWorkerThatSkipsTheAcknowledgement() {
    market.acknowledgementSigner = market.worker;

    refuses(ErrorCode.SIGNATURE_INVALID, () -> run(true));
  }

  @Test
  void refusesAnAcknowledgementOfAnotherReceipt() {
    market.acknowledgement =
        acknowledgement ->
            new Acknowledgement(
                acknowledgement.taskId(),
                acknowledgement.attempt(),
                Bytes32.ZERO,
                acknowledgement.settleBy());

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  @Test
  void refusesAFeeBeyondTheListedPrice() {
    refusesFee(fee -> with(fee, fee.workerAmount().plus(Amount.of(1)), fee.providerAmount()));
    refusesFee(fee -> with(fee, fee.workerAmount(), fee.providerAmount().plus(Amount.of(1))));
  }

  private void refusesFee(UnaryOperator<FeeSplit> change) {
    market.receipt = receipt -> with(receipt, change.apply(receipt.fee()), receipt.fuel());

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  @Test
  void refusesADispatcherThatTakesMoreThanTheOrderAllows() {
    market.receipt =
        receipt -> {
          FeeSplit fee = receipt.fee();
          Amount more = fee.dispatcherAmount().plus(Amount.of(1_000));
          return with(
              receipt,
              new FeeSplit(
                  fee.total().plus(Amount.of(1_000)),
                  fee.provider(),
                  fee.providerAmount(),
                  fee.workerPayee(),
                  fee.workerAmount(),
                  fee.dispatcherPayee(),
                  more),
              receipt.fuel());
        };

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  @Test
  void refusesMoreFuelThanTheLimit() {
    market.receipt = receipt -> with(receipt, receipt.fee(), terms.limits().fuel() + 1_000_000);

    refuses(ErrorCode.ORDER_MISMATCH, () -> run(true));
  }

  @Test
  void refusesASimulatedReceiptUnlessThePolicyTakesIt() {
    refuses(ErrorCode.SIMULATED_REFUSED, () -> run(false));
  }

  @Test
  void goesOnWithAnotherAttemptWhenTheWorkerIsLost() {
    market.executeFailures = 2;

    TaskResult result = run(true);

    assertThat(result.requireCompleted()).isEqualTo(INPUT);
    assertThat(result.receipt().value().attempt()).isEqualTo(3);
    assertThat(market.retries).containsExactly(1, 2);
    assertThat(market.submitted).hasSize(1);
  }

  @Test
  void fetchesTheResultWhenOnlyTheAnswerWasLost() {
    market.executeFailures = 1;
    market.acknowledgesBeforeFailing = true;

    TaskResult result = run(true);

    assertThat(result.requireCompleted()).isEqualTo(INPUT);
    assertThat(market.executed).hasSize(1);
  }

  @Test
  void refusesATamperedBlobWhenItFetchesTheResult() {
    market.executeFailures = 1;
    market.acknowledgesBeforeFailing = true;
    market.answer =
        answer -> {
          market.blobs.replaceAll((cid, content) -> flipped(Bytes.of(content)).copy());
          return answer;
        };

    refuses(ErrorCode.BLOB_TAMPERED, () -> run(true));
  }

  @Test
  void submitsTheSameOrderAgainWhenTheDispatcherDoesNotAnswer() {
    market.submitFailures = 2;

    assertThat(run(true).requireCompleted()).isEqualTo(INPUT);
    assertThat(market.submitted).hasSize(1);
  }

  @Test
  void takesTheNextSequenceWhenAnotherClientTookOurs() {
    run(true);
    market.next = 5;

    run(true);

    assertThat(market.submitted)
        .extracting(order -> order.value().sequence())
        .containsExactly(1L, 5L);
  }

  @Test
  void tasksOfOneLaneAreSubmittedInOrder() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 50).forEach(i -> threads.execute(() -> run(true)));
    }

    assertThat(market.submitted)
        .extracting(order -> order.value().sequence())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
    assertThat(market.submitted)
        .extracting(order -> order.value().output().key())
        .doesNotHaveDuplicates();
  }

  @Test
  void goesOnWithNoOtherAttemptWhenTheOrderItselfIsRefused() {
    market.answer =
        answer -> {
          throw new TeexException(ErrorCode.LICENCE_REVOKED, "revoked");
        };

    refuses(ErrorCode.LICENCE_REVOKED, () -> run(true));

    assertThat(market.retries).isEmpty();
  }

  @Test
  void derivesTheSameOutputKeysFromKeyAndOrderAlone() {
    SigningKey key = market.user;
    Bytes32 salt = Bytes32.random(market.random);

    assertThat(outputKey(TransactionSigner.of(key), salt))
        .isEqualTo(outputKey(TransactionSigner.of(key), salt))
        .isNotEqualTo(outputKey(TransactionSigner.of(key), Bytes32.ZERO))
        .isNotEqualTo(outputKey(TransactionSigner.of(market.stranger), salt));
  }

  @Test
  void aSignerOfItsOwnGivesNoSecretForOutputKeys() {
    Bytes32 salt = Bytes32.random(market.random);
    try (TransactionSigner signer =
        TransactionSigner.remote(URI.create("http://127.0.0.1:1"), market.user.address())) {
      OutputKeys keys = OutputKeys.of(signer, market.random);

      assertThat(keys.derive(salt).publicKey())
          .isEqualTo(keys.derive(salt).publicKey())
          .isNotEqualTo(keys.derive(Bytes32.ZERO).publicKey())
          .isNotEqualTo(outputKey(signer, salt));
    }
  }

  private Bytes32 outputKey(TransactionSigner signer, Bytes32 salt) {
    return OutputKeys.of(signer, market.random).derive(salt).publicKey();
  }

  private TaskResult run(boolean acceptSimulated) {
    TransactionSigner signer = TransactionSigner.of(market.user);
    OrderBook orders = new OrderBook(market, true, market.clock, market.random);
    TaskRunner runner =
        new TaskRunner(
            market.domain,
            orders,
            market,
            new Results(market.domain, acceptSimulated, market),
            new KnownCertificates(
                new NodeCertificates(
                    market.domain,
                    market.manager.address(),
                    () -> TimeInterval.at(market.clock.instant()))),
            records,
            market.clock);
    return runner.run(
        new TaskRunner.Customer(
            signer, OutputKeys.of(signer, market.random), market.user.address(), Optional.empty()),
        terms,
        lane,
        market);
  }

  private static Bytes flipped(Bytes bytes) {
    byte[] changed = bytes.copy();
    changed[changed.length / 2] ^= 1;
    return Bytes.of(changed);
  }

  private static Working.Answer with(Working.Answer answer, Bytes sealed, Bytes sealedKey) {
    return new Working.Answer(
        answer.receipt(),
        answer.acknowledgement(),
        answer.outputCid(),
        sealedKey,
        sealed,
        answer.detail());
  }

  private static FeeSplit with(FeeSplit fee, Amount worker, Amount provider) {
    return new FeeSplit(
        worker.plus(provider).plus(fee.dispatcherAmount()),
        fee.provider(),
        provider,
        fee.workerPayee(),
        worker,
        fee.dispatcherPayee(),
        fee.dispatcherAmount());
  }

  private static Receipt withCiphertext(Receipt receipt, Bytes32 ciphertext) {
    return copy(receipt, ciphertext, receipt.fee(), receipt.fuel());
  }

  private static Receipt with(Receipt receipt, FeeSplit fee, long fuel) {
    return copy(receipt, receipt.outputCiphertext(), fee, fuel);
  }

  private static Receipt copy(Receipt receipt, Bytes32 ciphertext, FeeSplit fee, long fuel) {
    return new Receipt(
        receipt.taskId(),
        receipt.attempt(),
        receipt.dispatcher(),
        receipt.worker(),
        receipt.nodeCertificate(),
        receipt.digests(),
        receipt.inputCommitment(),
        receipt.outputCommitment(),
        ciphertext,
        receipt.datasets(),
        fuel,
        receipt.memoryBytes(),
        receipt.finishedAt(),
        receipt.outcome(),
        fee,
        receipt.execution(),
        receipt.seedCommitment());
  }
}
