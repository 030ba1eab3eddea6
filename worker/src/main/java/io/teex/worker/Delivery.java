package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.executor.Result;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The fair exchange. The sealed output is stored first; then the dispatcher gets the receipt with
 * the output's key sealed to the user, and acknowledges both durably; only then does the user get
 * the sealed key from here. The key itself leaves in no other way, so a ticket alone reads nothing.
 * So an output that can be read is paid for, and one that is paid for can be read.
 */
final class Delivery {
  private final Domain domain;
  private final SigningKey key;
  private final Supplier<List<WorkerFacts>> facts;
  private final BlobStore blobs;
  private final Dispatch dispatch;
  private final Acknowledgements acknowledgements;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param key of the worker, which signs receipts
   * @param facts of the worker as each of its certificates has them that is good, newest first
   */
  Delivery(
      Domain domain,
      SigningKey key,
      Supplier<List<WorkerFacts>> facts,
      BlobStore blobs,
      Dispatch dispatch,
      Acknowledgements acknowledgements,
      InstantSource clock,
      SecureRandom random) {
    this.domain = domain;
    this.key = key;
    this.facts = facts;
    this.blobs = blobs;
    this.dispatch = dispatch;
    this.acknowledgements = acknowledgements;
    this.clock = clock;
    this.random = random;
  }

  /**
   * @throws TeexException if the output cannot be stored or the receipt is not acknowledged: then
   *     nothing is charged and nothing given away
   */
  Answer deliver(Attempt attempt, Prepared prepared, Result result, SecretBytes output) {
    return result.outcome() == Outcome.COMPLETED
        ? deliverOutput(attempt, prepared, result, output)
        : deliverFailure(attempt, prepared, result);
  }

  private Answer deliverOutput(
      Attempt attempt, Prepared prepared, Result result, SecretBytes output) {
    Order order = attempt.order();
    SaltedContent salted = new SaltedContent(Bytes32.random(random), output);
    try (SecretBytes outputKey = SealedContent.newKey(random)) {
      Bytes sealed = SealedOutput.seal(outputKey, salted, order.output().paddingBytes(), random);
      byte[] ciphertext = sealed.copy();
      String cid = blobs.put(ciphertext).toString();
      Bytes sealedKey =
          SealedOutput.sealKey(
              order.output().key(), attempt.task(), attempt.lease().attempt(), outputKey, random);
      Receipts.Sealed commitments =
          new Receipts.Sealed(salted.outputCommitment(), Sha256.hash(ciphertext));
      Accepted accepted =
          handIn(
              attempt,
              worker -> receipt(worker, attempt, prepared, result, commitments),
              cid,
              sealedKey);
      return new Answer(
          accepted.receipt(), accepted.acknowledgement(), cid, sealedKey, sealed, result.message());
    }
  }

  private Answer deliverFailure(Attempt attempt, Prepared prepared, Result result) {
    Accepted accepted =
        handIn(
            attempt,
            worker -> receipt(worker, attempt, prepared, result, Receipts.Sealed.NOTHING),
            "",
            Bytes.EMPTY);
    return new Answer(
        accepted.receipt(),
        accepted.acknowledgement(),
        "",
        Bytes.EMPTY,
        Bytes.EMPTY,
        result.message());
  }

  /** The seed has 32 random bytes of its own; the task's id only keeps equal seeds apart. */
  static Bytes32 seedCommitment(TaskId task, Release release) {
    byte[] seed = release.seed().expose();
    try {
      return Commitment.seed(task.value(), seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private Signed<Receipt> receipt(
      WorkerFacts worker,
      Attempt attempt,
      Prepared prepared,
      Result result,
      Receipts.Sealed output) {
    Bytes32 seedCommitment = seedCommitment(attempt.task(), prepared.release());
    return key.sign(
        domain,
        new Receipts(worker)
            .write(
                attempt,
                prepared.tariff(),
                new Receipts.Usage(result.outcome(), result.fuel(), result.memoryBytes()),
                output,
                seedCommitment,
                clock.instant()));
  }

  /**
   * @throws TeexException {@code ORDER_MISMATCH} or {@code SIGNATURE_INVALID} if the dispatcher
   *     acknowledged something else
   */
  private void requireAbout(
      Attempt attempt, Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {
    Bytes32 expected = receipt.value().hash(domain);
    if (!acknowledgement.value().receipt().equals(expected)) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "dispatcher %s acknowledged receipt %s, it was given %s"
              .formatted(
                  attempt.lease().dispatcher(), acknowledgement.value().receipt(), expected));
    }
    acknowledgement.requireSigner(domain, attempt.lease().dispatcher());
  }

  /** A receipt that the dispatcher took. */
  private record Accepted(Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {}

  /**
   * The receipt has to name the certificate that the lease was given under. Which one that is only
   * the dispatcher knows, when the certificate was renewed about that time: what it refuses under
   * the newest is offered under the one before. What it dislikes else (a service that was sold a
   * moment ago) is no fault of the order: another attempt may do better.
   */
  private Accepted handIn(
      Attempt attempt, Function<WorkerFacts, Signed<Receipt>> write, String cid, Bytes sealedKey) {
    List<TeexException> refusals = new ArrayList<>();
    for (WorkerFacts worker : facts.get()) {
      Signed<Receipt> receipt = write.apply(worker);
      Signed<Acknowledgement> acknowledgement;
      try {
        acknowledgement = dispatch.complete(attempt, receipt, cid, sealedKey);
      } catch (TeexException e) {
        if (e.code() != ErrorCode.ORDER_MISMATCH) {
          throw e;
        }
        refusals.add(e);
        continue;
      }
      requireAbout(attempt, receipt, acknowledgement);
      acknowledgements.keep(attempt, receipt, acknowledgement);
      return new Accepted(receipt, acknowledgement);
    }
    if (refusals.isEmpty()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "this worker's certificate has ended and could not be renewed");
    }
    TeexException first = refusals.getFirst();
    throw new TeexException(
        ErrorCode.UNAVAILABLE,
        "the dispatcher refused the receipt: %s".formatted(first.getMessage()),
        first);
  }
}
