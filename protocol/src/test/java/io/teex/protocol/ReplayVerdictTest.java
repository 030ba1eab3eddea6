package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayVerdictTest {
  private static final Bytes32 OTHER = Sha256.hash(new byte[] {99});

  private final Receipt receipt = completed(new ReceiptSamples(new Random(5), 3, 3));

  private static Receipt completed(ReceiptSamples samples) {
    return Stream.generate(samples::receipt)
        .filter(receipt -> receipt.outcome() == Outcome.COMPLETED)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void findsNothingWhereBothSayTheSame() {
    assertThat(verdict(same())).isEqualTo(new ReplayVerdict.Same());
  }

  /** One lie of a worker, and the word by which it is found. */
  record Lie(String what, UnaryOperator<ReplayReport> truth) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Lie> lies() {
    return Stream.of(
        new Lie("outcome", truth -> with(truth, truth.fuel(), Outcome.TRAP)),
        new Lie("fuel", truth -> with(truth, truth.fuel() + 1, truth.outcome())),
        new Lie(
            "memory",
            truth ->
                with(
                    truth,
                    truth.outputCommitment(),
                    truth.memoryBytes() * 2,
                    truth.seedCommitment())),
        new Lie("output", truth -> with(truth, OTHER, truth.memoryBytes(), truth.seedCommitment())),
        new Lie(
            "random seed",
            truth -> with(truth, truth.outputCommitment(), truth.memoryBytes(), OTHER)));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void findsOutALie(Lie lie) {
    ReplayVerdict verdict = verdict(lie.truth().apply(same()));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ReplayVerdict.Different.class,
            different ->
                assertThat(different.differences())
                    .extracting(ReplayVerdict.Difference::what)
                    .isEqualTo(List.of(lie.what())));
  }

  @Test
  void saysNothingOfWhatAClockStopped() {
    ReplayReport stopped = with(same(), 0, Outcome.OUT_OF_TIME);

    assertThat(verdict(stopped)).isInstanceOf(ReplayVerdict.Unclear.class);
  }

  @Test
  void saysNothingOfFuelThatWasCountedOtherwise() {
    ReplayReport report = same();
    ReplayReport other =
        new ReplayReport(
            report.replay(),
            report.taskId(),
            report.receipt(),
            report.worker(),
            report.image(),
            OTHER,
            report.inputCommitment(),
            report.outputCommitment(),
            report.fuel() + 1,
            report.memoryBytes(),
            report.outcome(),
            report.engine(),
            report.seedCommitment());

    assertThat(verdict(other))
        .isInstanceOfSatisfying(
            ReplayVerdict.Unclear.class,
            unclear -> assertThat(unclear.why()).contains("worker of the same version"));
  }

  @Test
  void refusesAReportAboutAnotherReceipt() {
    Receipt another = completed(new ReceiptSamples(new Random(6), 3, 3));

    TeexException refusal =
        catchThrowableOfType(
            TeexException.class, () -> ReplayVerdict.of(Examples.DOMAIN, another, same()));

    assertThat(refusal.code()).isEqualTo(ErrorCode.ORDER_MISMATCH);
  }

  private ReplayVerdict verdict(ReplayReport report) {
    return ReplayVerdict.of(Examples.DOMAIN, receipt, report);
  }

  private ReplayReport same() {
    return new ReplayReport(
        OTHER,
        receipt.taskId(),
        receipt.hash(Examples.DOMAIN),
        Examples.key(8).address(),
        receipt.digests().image(),
        receipt.digests().costTable(),
        receipt.inputCommitment(),
        receipt.outputCommitment(),
        receipt.fuel(),
        receipt.memoryBytes(),
        receipt.outcome(),
        "another engine",
        receipt.seedCommitment());
  }

  private static ReplayReport with(ReplayReport report, long fuel, Outcome outcome) {
    return new ReplayReport(
        report.replay(),
        report.taskId(),
        report.receipt(),
        report.worker(),
        report.image(),
        report.costTable(),
        report.inputCommitment(),
        report.outputCommitment(),
        fuel,
        report.memoryBytes(),
        outcome,
        report.engine(),
        report.seedCommitment());
  }

  private static ReplayReport with(
      ReplayReport report, Bytes32 output, long memoryBytes, Bytes32 seed) {
    return new ReplayReport(
        report.replay(),
        report.taskId(),
        report.receipt(),
        report.worker(),
        report.image(),
        report.costTable(),
        report.inputCommitment(),
        output,
        report.fuel(),
        memoryBytes,
        report.outcome(),
        report.engine(),
        seed);
  }
}
