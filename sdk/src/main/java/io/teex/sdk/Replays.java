package io.teex.sdk;

import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Has a task executed again by a worker that has no part in its receipt, and compares. */
final class Replays {
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final Domain domain;
  private final TransactionSigner user;
  private final RandomGenerator random;
  private final InstantSource clock;

  Replays(Domain domain, TransactionSigner user, RandomGenerator random, InstantSource clock) {
    this.domain = domain;
    this.user = user;
    this.random = random;
    this.clock = clock;
  }

  /** A worker that takes tasks; its certificate is proven. */
  record Candidate(String endpoint, Signed<NodeCertificate> certificate) {
    Address address() {
      return certificate.value().signer();
    }
  }

  /**
   * @throws TeexException as {@link User#replay}; {@code SIGNATURE_INVALID} or {@code
   *     ORDER_MISMATCH} if the worker's report is not its own, or about something else
   */
  ReplayResult replay(
      TaskPapers papers,
      SecretBytes input,
      List<Signed<ReplayLeave>> leaves,
      List<Candidate> workers,
      Working working) {
    Receipt receipt = papers.receipt().value();
    Candidate chosen = choose(receipt, workers);
    Signed<Replay> replay =
        user.sign(
            domain,
            new Replay(
                papers.task(),
                receipt.hash(domain),
                chosen.address(),
                clock.instant().plus(LIFE).getEpochSecond()));
    Signed<ReplayReport> report = working.replay(chosen, papers, replay, input, leaves);
    report.requireSigner(domain, chosen.address());
    if (!report.value().replay().equals(TypedData.hash(domain, replay.value()))) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "worker %s reports on another replay than it was asked for".formatted(chosen.address()));
    }
    return new ReplayResult(
        report,
        ReplayVerdict.of(domain, receipt, report.value()),
        isOnMachineOf(receipt, chosen, workers));
  }

  /** One on another machine, if there is any: who broke one worker there may have broken both. */
  private Candidate choose(Receipt receipt, List<Candidate> workers) {
    List<Candidate> others =
        new ArrayList<>(
            workers.stream().filter(worker -> !worker.address().equals(receipt.worker())).toList());
    Collections.shuffle(others, random);
    return others.stream()
        .filter(worker -> !isOnMachineOf(receipt, worker, workers))
        .findFirst()
        .or(() -> others.stream().findFirst())
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.NO_WORKER,
                "no worker but %s, which signed the receipt, takes tasks now: try again later"
                    .formatted(receipt.worker())));
  }

  private static boolean isOnMachineOf(Receipt receipt, Candidate worker, List<Candidate> workers) {
    Optional<Candidate> doubted =
        workers.stream().filter(other -> other.address().equals(receipt.worker())).findFirst();
    return doubted
        .filter(other ->
            other
                .certificate()
                .value()
                .platformTag()
                .equals(worker.certificate().value().platformTag()))
        .isPresent();
  }
}
