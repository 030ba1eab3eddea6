package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Facts;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Limits;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker's tasks, executed again by another one on real engines. */
class ReplaysTest {
  private static ProcessExecutor executor;

  private final Scene scene = new Scene();
  private final ManualTime time = new ManualTime();

  /** A service whose output holds its randomness and all else that it can find out. */
  private final FakeMarket market =
      new FakeMarket(scene, Modules.wasm("hostile/curious"), new byte[] {1});

  private final Order order =
      Orders.withLimits(
          scene.order(market.imageDigest(), List.of()),
          new Limits(1_000_000_000, 1_000_000, 64L << 20));

  @BeforeAll
  static void start() {
    executor = ProcessExecutor.start(ExecutorConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    executor.close();
  }

  @Test
  void findsAnHonestReceiptTrue() throws Exception {
    Answer answer = rig(executor).execute(order);

    ReplayReport report = replay(answer);

    assertThat(answer.receipt().value().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(verdict(answer, report)).isEqualTo(new ReplayVerdict.Same());
    assertThat(report.worker()).isEqualTo(scene.otherWorker.address());
    assertThat(market.receipts).hasSize(1);
  }

  /** What a worker does otherwise than it should. */
  record Lie(String found, UnaryOperator<Task> task, UnaryOperator<Result> result) {
    @Override
    public String toString() {
      return found;
    }
  }

  static Stream<Lie> lies() {
    return Stream.of(
        new Lie("output", task -> task, ReplaysTest::flipped),
        new Lie("output", ReplaysTest::otherSeed, result -> result),
        new Lie(
            "fuel",
            task -> task,
            result -> told(result, result.outcome(), result.fuel() + 5_000_000)),
        new Lie(
            "outcome",
            task -> task,
            result ->
                new Result(
                    Outcome.TRAP,
                    SecretBytes.owned(new byte[0]),
                    result.fuel(),
                    result.memoryBytes(),
                    "")));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void findsOutAWorkerThatLied(Lie lie) throws Exception {
    Answer answer = rig(new Liar(lie)).execute(order);

    ReplayReport report = replay(answer);

    assertThat(verdict(answer, report))
        .isInstanceOfSatisfying(
            ReplayVerdict.Different.class,
            different ->
                assertThat(different.differences())
                    .extracting(ReplayVerdict.Difference::what)
                    .contains(lie.found()));
  }

  @Test
  void reportsAFailureThatHappensAgain() throws Exception {
    FakeMarket trapping = new FakeMarket(scene, Modules.wasm("hostile/trap"), new byte[] {1});
    Rig rig = new Rig(scene, trapping, executor, time, Duration.ofMinutes(1));
    Order trapped = scene.order(trapping.imageDigest(), List.of());
    Answer answer = rig.execute(trapped);

    ReplayReport report =
        rig.replays.replay(ticket(trapped, answer.receipt()), scene.given(), Bytes32.ZERO).value();

    assertThat(report.outcome()).isEqualTo(Outcome.TRAP);
    assertThat(report.outputCommitment()).isEqualTo(Bytes32.ZERO);
    assertThat(verdict(answer, report)).isEqualTo(new ReplayVerdict.Same());
  }

  @Test
  void executesOnceHoweverOftenItIsAsked() throws Exception {
    Answer answer = rig(executor).execute(order);
    Rig rig = rig(executor);
    ReplayTicket ticket = ticket(order, answer.receipt());

    Signed<ReplayReport> first = rig.replays.replay(ticket, scene.given(), salt(answer));
    Signed<ReplayReport> second = rig.replays.replay(ticket, scene.given(), salt(answer));

    assertThat(second).isSameAs(first);
    assertThat(market.replayed).hasSize(1);
  }

  @Test
  void publishesNoHashOfAnOutputThatAnybodyCouldGuessAt() throws Exception {
    Answer answer = rig(executor).execute(order);

    ReplayReport report =
        rig(executor)
            .replays
            .replay(ticket(order, answer.receipt()), scene.given(), Bytes32.ZERO)
            .value();

    assertThat(report.outputCommitment()).isEqualTo(Bytes32.ZERO);
    assertThat(report.fuel() % order.limits().fuelStep()).isZero();
    assertThat(Long.bitCount(report.memoryBytes())).isEqualTo(1);
  }

  @Test
  void forgetsTheTasksSecrets() throws Exception {
    replay(rig(executor).execute(order));

    Release release = market.released.getLast();
    assertThat(release.seed().isDestroyed()).isTrue();
    assertThat(release.imageKey().isDestroyed()).isTrue();
  }

  @Test
  void asksForNoKeysForWhatItRefuses() throws Exception {
    Answer answer = rig(executor).execute(order);
    Signed<Receipt> receipt = answer.receipt();
    Replay good = wish(receipt, scene.otherWorker, Scene.END);

    refuses(ErrorCode.SIGNATURE_INVALID, signed(scene.stranger, receipt, good));
    refuses(
        ErrorCode.REPLAY_REFUSED,
        signed(scene.user, receipt, wish(receipt, scene.worker, Scene.END)));
    refuses(
        ErrorCode.REPLAY_REFUSED,
        signed(
            scene.user,
            receipt,
            wish(receipt, scene.otherWorker, Scene.START.getEpochSecond() - 1)));
    refuses(
        ErrorCode.REPLAY_REFUSED,
        signed(
            scene.user,
            receipt,
            new Replay(good.taskId(), Bytes32.random(scene.random), good.worker(), good.expiry())));
    refuses(
        ErrorCode.SIGNATURE_INVALID,
        signed(scene.user, scene.stranger.sign(scene.domain, receipt.value()), good));
    TaskInput.Given other = new TaskInput.Given(new byte[] {7}, scene.inputSalt);
    Failures.refuses(
        ErrorCode.INPUT_MISMATCH,
        () -> rig(executor).replays.replay(signed(scene.user, receipt, good), other, salt(answer)));
    assertThat(market.replayed).isEmpty();
  }

  @Test
  void refusesWhatWasCountedOrStoppedOtherwiseThanItCan() throws Exception {
    Answer stopped =
        rig(new Liar(new Lie("", task -> task, r -> told(r, Outcome.OUT_OF_TIME, 0))))
            .execute(order);
    Receipt receipt = stopped.receipt().value();

    refuses(ErrorCode.REPLAY_REFUSED, ticket(order, stopped.receipt()));
    refuses(
        ErrorCode.REPLAY_REFUSED,
        ticket(order, scene.worker.sign(scene.domain, countedOtherwise(receipt))));
    assertThat(market.replayed).isEmpty();
  }

  private void refuses(ErrorCode code, ReplayTicket ticket) {
    Failures.refuses(code, () -> rig(executor).replays.replay(ticket, scene.given(), Bytes32.ZERO));
  }

  private Rig rig(Executor by) {
    return new Rig(scene, market, by, time, Duration.ofMinutes(1));
  }

  private ReplayReport replay(Answer answer) throws InterruptedException {
    Signed<ReplayReport> report =
        rig(executor).replays.replay(ticket(order, answer.receipt()), scene.given(), salt(answer));
    report.requireSigner(scene.domain, scene.otherWorker.address());
    return report.value();
  }

  private ReplayVerdict verdict(Answer answer, ReplayReport report) {
    return ReplayVerdict.of(scene.domain, answer.receipt().value(), report);
  }

  private ReplayTicket ticket(Order ordered, Signed<Receipt> receipt) {
    return new ReplayTicket(
        scene.user.sign(scene.domain, ordered),
        null,
        receipt,
        scene.user.sign(scene.domain, wish(receipt, scene.otherWorker, Scene.END)),
        List.of());
  }

  private ReplayTicket signed(SigningKey by, Signed<Receipt> receipt, Replay replay) {
    return new ReplayTicket(
        scene.user.sign(scene.domain, order),
        null,
        receipt,
        by.sign(scene.domain, replay),
        List.of());
  }

  private Replay wish(Signed<Receipt> receipt, SigningKey worker, long expiry) {
    return new Replay(
        receipt.value().taskId(), receipt.value().hash(scene.domain), worker.address(), expiry);
  }

  /** As the user has it, who opened her output; zero if there is none. */
  private Bytes32 salt(Answer answer) {
    if (answer.sealedOutput().isEmpty()) {
      return Bytes32.ZERO;
    }
    Receipt receipt = answer.receipt().value();
    SaltedContent opened =
        SealedOutput.open(
            SealedOutput.openKey(
                scene.outputKeys, receipt.taskId(), receipt.attempt(), answer.sealedOutputKey()),
            answer.sealedOutput());
    return opened.salt();
  }

  private static Result flipped(Result result) {
    byte[] output = result.output().expose();
    output[0] ^= 1;
    return new Result(
        result.outcome(), SecretBytes.owned(output), result.fuel(), result.memoryBytes(), "");
  }

  private static Result told(Result result, Outcome outcome, long fuel) {
    SecretBytes output =
        outcome == Outcome.COMPLETED ? result.output() : SecretBytes.owned(new byte[0]);
    return new Result(outcome, output, fuel, result.memoryBytes(), "");
  }

  private static Task otherSeed(Task task) {
    return new Task(
        task.input(),
        task.datasets(),
        SecretBytes.copyOf(new byte[Task.SEED_BYTES]),
        task.fuelLimit(),
        task.memoryBytes(),
        task.outputBytesMax(),
        task.wallTime());
  }

  /** A completed task's receipt under another cost table. */
  private Receipt countedOtherwise(Receipt receipt) {
    ReceiptDigests digests = receipt.digests();
    return new Receipt(
        receipt.taskId(),
        receipt.attempt(),
        receipt.dispatcher(),
        receipt.worker(),
        receipt.nodeCertificate(),
        new ReceiptDigests(
            digests.image(), digests.price(), digests.licences(), Bytes32.random(scene.random)),
        receipt.inputCommitment(),
        receipt.outputCommitment(),
        receipt.outputCiphertext(),
        receipt.datasets(),
        receipt.fuel(),
        receipt.memoryBytes(),
        receipt.finishedAt(),
        Outcome.TRAP,
        receipt.fee(),
        receipt.execution(),
        receipt.seedCommitment());
  }

  /** A worker's executor that tells something else than what it saw. */
  private record Liar(Lie lie) implements Executor {
    @Override
    public Result run(Job job, Task task) throws InterruptedException {
      return lie.result().apply(executor.run(job, lie.task().apply(task)));
    }

    @Override
    public Facts facts() {
      return executor.facts();
    }

    @Override
    public void close() {}
  }
}
