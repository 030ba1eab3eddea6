package io.teex.worker;

import io.teex.executor.Executor;
import io.teex.executor.Result;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.OrderAuthority;
import io.teex.protocol.Outcome;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Executes tasks again that another worker has a receipt for, with the same input, data and seed,
 * and reports what came of it. There is no lease, no fee and no second receipt; the output goes
 * nowhere, its commitment alone is compared. One at a time, whatever is asked for: nobody pays.
 */
final class Replays {
  private static final int REPORTS_MAX = 256;
  private static final Duration TURN_WAIT = Duration.ofSeconds(10);

  private final Domain domain;
  private final SigningKey key;
  private final Supplier<WorkerFacts> facts;
  private final KeyReleases keys;
  private final Preparation preparation;
  private final Executor executor;
  private final Slots slots;
  private final Pace pace;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock(true);

  /** By the replay's hash: whoever asks again costs nothing more. */
  private final Map<Bytes32, Signed<ReplayReport>> reports =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, Signed<ReplayReport>> eldest) {
          return size() > REPORTS_MAX;
        }
      };

  /**
   * @param key of the worker, which signs reports
   * @param facts of the worker as its present certificate has them
   */
  Replays(
      Domain domain,
      SigningKey key,
      Supplier<WorkerFacts> facts,
      KeyReleases keys,
      Preparation preparation,
      Executor executor,
      Slots slots,
      Pace pace,
      InstantSource clock) {
    this.domain = domain;
    this.key = key;
    this.facts = facts;
    this.keys = keys;
    this.preparation = preparation;
    this.executor = executor;
    this.slots = slots;
    this.pace = pace;
    this.clock = clock;
  }

  /**
   * @param input that the user gave, with the salt that opens its commitment
   * @param outputSalt that opens the receipt's output commitment; zero if it has no output
   * @throws TeexException {@code SIGNATURE_INVALID}, {@code REPLAY_REFUSED}, {@code
   *     INPUT_MISMATCH}, the manager's refusal, {@code UNAVAILABLE}, or {@code ENGINE_FAILURE}
   */
  Signed<ReplayReport> replay(ReplayTicket ticket, TaskInput.Given input, Bytes32 outputSalt)
      throws InterruptedException {
    check(ticket);
    Preparation.requireCommitted(ticket.order().value(), input.salt(), input.content());
    Bytes32 id = TypedData.hash(domain, ticket.replay().value());
    if (!turn.tryLock(TURN_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "this worker replays another task: try again later");
    }
    try {
      Signed<ReplayReport> known = reports.get(id);
      if (known != null) {
        return known;
      }
      Signed<ReplayReport> report = slots.in(() -> execute(ticket, id, input, outputSalt));
      reports.put(id, report);
      return report;
    } finally {
      turn.unlock();
    }
  }

  /** Whatever can be known in vain is looked for before the manager counts the replay. */
  private void check(ReplayTicket ticket) {
    Order order = ticket.order().value();
    Signed<Session> session = ticket.session();
    if (session == null) {
      OrderAuthority.require(domain, ticket.order());
    } else {
      OrderAuthority.require(domain, ticket.order(), session);
    }
    TicketCheck.requireGuest(order.tier());
    TicketCheck.checkTerms(order);
    Replay replay = ticket.replay().value();
    ticket.replay().requireSigner(domain, order.user());
    Receipt receipt = ticket.receipt().value();
    ticket.receipt().requireSigner(domain, receipt.worker());
    Bytes32 doubted = receipt.hash(domain);
    if (!replay.taskId().equals(ticket.task(domain))
        || !receipt.taskId().equals(replay.taskId())
        || !replay.receipt().equals(doubted)) {
      throw refused(
          "the replay is of receipt %s of task %s, shown are receipt %s and the order of task %s"
              .formatted(replay.receipt(), replay.taskId(), doubted, ticket.task(domain)));
    }
    Address self = facts.get().address();
    if (!replay.worker().equals(self)) {
      throw refused("the replay is for worker %s, this is %s".formatted(replay.worker(), self));
    }
    if (clock.instant().getEpochSecond() > replay.expiry()) {
      throw refused(
          "the replay was to begin by %s, it is %s: sign another"
              .formatted(Instant.ofEpochSecond(replay.expiry()), clock.instant()));
    }
    if (receipt.outcome() == Outcome.OUT_OF_TIME) {
      throw refused(
          "the task was stopped by its worker's clock, which no execution repeats: order it anew");
    }
    Bytes32 costTable = facts.get().execution().costTable();
    if (!receipt.digests().costTable().equals(costTable)) {
      throw refused(
          "the receipt counts fuel by cost table %s, this worker by %s: look for a worker of the receipt's version"
              .formatted(receipt.digests().costTable(), costTable));
    }
  }

  private Signed<ReplayReport> execute(
      ReplayTicket ticket, Bytes32 id, TaskInput.Given input, Bytes32 outputSalt)
      throws InterruptedException {
    Order order = ticket.order().value();
    try (SecretBytes content = SecretBytes.copyOf(input.content());
        Release release = keys.releaseReplay(ticket);
        Preparation.Work work = preparation.again(order, release, content)) {
      Result result =
          pace.inSteps(
              Preparation.responseStep(order), () -> executor.run(work.job(), work.task()));
      try (SecretBytes output = result.output()) {
        if (!result.outcome().isCharged()) {
          throw new TeexException(
              ErrorCode.ENGINE_FAILURE, "the executor failed: %s".formatted(result.message()));
        }
        return key.sign(
            domain,
            report(ticket, id, result, release, outputCommitment(result, output, outputSalt)));
      }
    }
  }

  private ReplayReport report(
      ReplayTicket ticket, Bytes32 id, Result result, Release release, Bytes32 output) {
    Order order = ticket.order().value();
    WorkerFacts self = facts.get();
    return new ReplayReport(
        id,
        ticket.task(domain),
        ticket.replay().value().receipt(),
        self.address(),
        order.service().imageDigest(),
        self.execution().costTable(),
        order.inputCommitment(),
        output,
        Pricing.chargedFuel(result.fuel(), order.limits()),
        Receipts.memoryBucket(result.memoryBytes()),
        result.outcome(),
        self.execution().engine(),
        Delivery.seedCommitment(ticket.task(domain), release));
  }

  /** Without a salt it would be a hash that whoever sees it can guess at. */
  private static Bytes32 outputCommitment(Result result, SecretBytes output, Bytes32 salt) {
    if (result.outcome() != Outcome.COMPLETED || salt.isZero()) {
      return Bytes32.ZERO;
    }
    byte[] content = output.expose();
    try {
      return Commitment.output(salt, content);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static TeexException refused(String why) {
    return new TeexException(ErrorCode.REPLAY_REFUSED, why);
  }
}
