package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.executor.Job;
import io.teex.executor.Task;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Pricing;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what one attempt needs: keys from the manager, sealed blobs from the store, prices from
 * the chain. Everything is compared with what the order commits to.
 */
final class Preparation {
  private final KeyReleases keys;
  private final BlobStore blobs;
  private final Images images;
  private final PriceList prices;
  private final InstantSource clock;
  private final Duration wallTimeMax;

  /**
   * @param wallTimeMax after which a guest is stopped, however much of its lease is left
   */
  Preparation(
      KeyReleases keys,
      BlobStore blobs,
      Images images,
      PriceList prices,
      InstantSource clock,
      Duration wallTimeMax) {
    this.keys = keys;
    this.blobs = blobs;
    this.images = images;
    this.prices = prices;
    this.clock = clock;
    this.wallTimeMax = wallTimeMax;
  }

  /**
   * Whether an input that came with the ticket is the one that was ordered.
   *
   * @throws TeexException {@code INPUT_MISMATCH}
   */
  static void requireCommitted(Order order, Bytes32 salt, byte[] input) {
    if (order.inputCommitment().isZero() && order.datasets().isEmpty()) {
      return;
    }
    if (!Commitment.input(salt, input).equals(order.inputCommitment())) {
      throw new TeexException(
          ErrorCode.INPUT_MISMATCH,
          "the input of %d bytes does not open the order's commitment %s; send what was committed to"
              .formatted(input.length, order.inputCommitment()));
    }
  }

  /**
   * @param basisPoints that the lease's dispatcher takes
   * @throws TeexException with the manager's refusal, or what is wrong with a blob
   */
  Prepared prepare(Attempt attempt, TaskInput input, int basisPoints) {
    return switch (input) {
      case TaskInput.Given given ->
          prepare(
              attempt, Bytes.EMPTY, basisPoints, release -> SecretBytes.copyOf(given.content()));
      case TaskInput.Stored stored -> {
        SealedInput sealed = SealedInput.decode(Bytes.of(blobs.get(stored.cid())));
        yield prepare(
            attempt,
            sealed.sealedKey(),
            basisPoints,
            release -> open(attempt.order(), sealed, release));
      }
    };
  }

  /** How the input is had once the keys are. */
  private interface Opening {
    SecretBytes open(Release release);
  }

  private Prepared prepare(
      Attempt attempt, Bytes sealedInputKey, int basisPoints, Opening opening) {
    Order order = attempt.order();
    Receipts.Tariff tariff = tariff(order, basisPoints);
    Release release = keys.release(attempt, sealedInputKey);
    List<SecretBytes> opened = new ArrayList<>();
    try {
      Instrumented image = images.load(order.service().imageDigest(), release);
      for (Release.Data data : release.datasets()) {
        opened.add(dataset(data));
      }
      SecretBytes input = opening.open(release);
      opened.add(input);
      Job job =
          new Job(
              order.user().value(), order.service().imageDigest(), image, order.tier().isolation());
      Task task =
          new Task(
              input,
              opened.subList(0, opened.size() - 1),
              release.seed(),
              order.limits().fuel(),
              order.limits().memoryBytes(),
              (int) Math.min(Integer.MAX_VALUE, release.outputBytesMax(order.output().capBytes())),
              timeLeft(attempt));
      return new Prepared(job, task, tariff, release);
    } catch (RuntimeException e) {
      opened.forEach(SecretBytes::close);
      release.close();
      throw e;
    }
  }

  /** What will be charged, once it is sure that the user signed for the worst of it. */
  private Receipts.Tariff tariff(Order order, int basisPoints) {
    PriceList.Service service = prices.service(order.service());
    List<DatasetCharge> charges = order.datasets().stream().map(prices::dataset).toList();
    List<Amount> amounts = charges.stream().map(DatasetCharge::amount).toList();
    Pricing.requireCovered(order, service.price(), amounts, basisPoints);
    return new Receipts.Tariff(service.price(), service.owner(), charges, basisPoints);
  }

  private SecretBytes dataset(Release.Data data) {
    SaltedContent opened =
        SaltedContent.decode(SealedContent.open(data.key(), Bytes.of(blobs.get(data.cid()))));
    if (!opened.dataDigest().equals(data.digest())) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "blob %s holds data %s, its licence is for %s: its owner has to store it anew"
              .formatted(data.cid(), opened.dataDigest(), data.digest()));
    }
    return opened.content();
  }

  private static SecretBytes open(Order order, SealedInput sealed, Release release) {
    SaltedContent input = sealed.open(release.requireInputKey());
    input.content().exposeTo(content -> requireCommitted(order, input.salt(), content));
    return input.content();
  }

  /** A lease says when to begin at the latest; the order says when nothing of it may run. */
  private Duration timeLeft(Attempt attempt) {
    Instant end = Instant.ofEpochSecond(attempt.order().deadline());
    Duration left = Duration.between(clock.instant(), end);
    if (!left.isPositive()) {
      throw new TeexException(
          ErrorCode.ORDER_EXPIRED,
          "the deadline %s of task %s has passed: sign a new order with a later one"
              .formatted(end, attempt.task()));
    }
    return left.compareTo(wallTimeMax) < 0 ? left : wallTimeMax;
  }
}
