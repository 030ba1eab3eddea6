package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.TimeInterval;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TypedData;
import io.teex.rpc.node.NodeCertificates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom a user asks to execute her task again, and what of the answer she believes. */
class ReplaysTest {
  private static final SecretBytes INPUT = SecretBytes.copyOf(new byte[] {1, 2, 3});

  private final FakeMarket market = new FakeMarket();
  private final SigningKey near = SigningKey.generate(market.random);
  private final SigningKey far = SigningKey.generate(market.random);
  private final Bytes32 here = Bytes32.random(market.random);
  private final Bytes32 there = Bytes32.random(market.random);
  private final List<Address> asked = new ArrayList<>();
  private final TaskPapers papers = papers();
  private final Receipt receipt = papers.receipt().value();

  @Test
  void asksAWorkerOnAnotherMachineIfThereIsOne() {
    answering(this::same);

    ReplayResult result =
        replay(worker(market.worker, here), worker(near, here), worker(far, there));

    assertThat(asked).containsExactly(far.address());
    assertThat(result.verdict()).isEqualTo(new ReplayVerdict.Same());
    assertThat(result.sameMachine()).isFalse();
  }

  @Test
  void saysSoIfThereIsNoneButOnTheSameMachine() {
    answering(this::same);

    ReplayResult result = replay(worker(market.worker, here), worker(near, here));

    assertThat(asked).containsExactly(near.address());
    assertThat(result.sameMachine()).isTrue();
  }

  @Test
  void asksNoWorkerToCheckItself() {
    answering(this::same);

    Failures.refuses(ErrorCode.NO_WORKER, () -> replay(worker(market.worker, here)));

    assertThat(asked).isEmpty();
  }

  @Test
  void findsOutAFalseOutput() {
    answering(replay -> report(replay, Bytes32.random(market.random), replay.value().receipt()));

    ReplayResult result = replay(worker(market.worker, here), worker(far, there));

    assertThat(result.verdict())
        .isInstanceOfSatisfying(
            ReplayVerdict.Different.class,
            different ->
                assertThat(different.differences())
                    .extracting(ReplayVerdict.Difference::what)
                    .containsExactly("output"));
  }

  @Test
  void believesNoReportThatTheWorkerDidNotSignForThisReplay() {
    market.replaying = replay -> market.stranger.sign(market.domain, same(replay));
    Failures.refuses(ErrorCode.SIGNATURE_INVALID, () -> replay(worker(far, there)));

    answering(replay -> report(replay, receipt.outputCommitment(), Bytes32.ZERO));
    Failures.refuses(ErrorCode.ORDER_MISMATCH, () -> replay(worker(far, there)));

    Signed<Replay> another =
        market.user.sign(market.domain, new Replay(papers.task(), Bytes32.ZERO, far.address(), 1));
    answering(_ -> same(another));
    Failures.refuses(ErrorCode.ORDER_MISMATCH, () -> replay(worker(far, there)));
  }

  @Test
  void papersAreReadAsTheyWereWritten() {
    assertThat(TaskPapers.decode(papers.encode())).isEqualTo(papers);
    assertThat(papers.toString()).doesNotContain(papers.inputSalt().toString());
    Failures.refuses(ErrorCode.MALFORMED, () -> TaskPapers.decode(new byte[100]));
  }

  /** Of a task that ran. */
  private TaskPapers papers() {
    TaskRunner runner =
        new TaskRunner(
            market.domain,
            new OrderBook(market, true, market.clock, market.random),
            market,
            new Results(market.domain, true, market),
            new KnownCertificates(
                new NodeCertificates(
                    market.domain,
                    market.manager.address(),
                    () -> TimeInterval.at(market.clock.instant()))),
            OrderRecords.NONE,
            market.clock);
    TransactionSigner user = TransactionSigner.of(market.user);
    return runner
        .run(
            new TaskRunner.Customer(
                user, OutputKeys.of(user, market.random), user.address(), Optional.empty()),
            OrderTerms.of(market.service, INPUT.expose()),
            new Lane(market.user.address(), 3, market, market.clock),
            market)
        .papers();
  }

  private interface Answer {
    ReplayReport to(Signed<Replay> replay);
  }

  private void answering(Answer answer) {
    market.replaying =
        replay -> {
          Address worker = replay.value().worker();
          asked.add(worker);
          return (worker.equals(near.address()) ? near : far)
              .sign(market.domain, answer.to(replay));
        };
  }

  private ReplayReport same(Signed<Replay> replay) {
    return report(replay, receipt.outputCommitment(), replay.value().receipt());
  }

  private ReplayReport report(Signed<Replay> replay, Bytes32 output, Bytes32 doubted) {
    return new ReplayReport(
        TypedData.hash(market.domain, replay.value()),
        papers.task(),
        doubted,
        replay.value().worker(),
        receipt.digests().image(),
        receipt.digests().costTable(),
        receipt.inputCommitment(),
        output,
        receipt.fuel(),
        receipt.memoryBytes(),
        receipt.outcome(),
        "engine",
        receipt.seedCommitment());
  }

  private ReplayResult replay(Replays.Candidate... workers) {
    return new Replays(
            market.domain, TransactionSigner.of(market.user), market.random, market.clock)
        .replay(papers, INPUT, List.of(), List.of(workers), market);
  }

  private Replays.Candidate worker(SigningKey key, Bytes32 platform) {
    return new Replays.Candidate(
        "127.0.0.1:1",
        market.manager.sign(
            market.domain,
            new NodeCertificate(
                Role.WORKER,
                Bytes32.ZERO,
                key.address(),
                key.address(),
                Bytes.EMPTY,
                platform,
                TcbStatus.UP_TO_DATE,
                1,
                FakeMarket.NOW.getEpochSecond() + 60)));
  }
}
