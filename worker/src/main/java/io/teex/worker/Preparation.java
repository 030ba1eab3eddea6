package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.executor.Dataset;
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
  /** Kept of an order's time for storing the output and handing in the receipt. */
  private static final Duration DELIVERY = Duration.ofSeconds(2);

  /** What has to be left when data is released: fetching image and data, running, delivering. */
  private static final Duration DATA_USE = Duration.ofSeconds(10);

  private final KeyReleases keys;
  private final BlobStore blobs;
  private final Images images;
  private final Datasets datasets;
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
    this.datasets = new Datasets(blobs, Datasets.FETCHED_BYTES_MAX);
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
   * Looks for everything that can be wrong with the attempt first, and has the manager release the
   * keys last: a release takes a use of the ordered data, and a use is paid with a receipt only.
   *
   * @param basisPoints that the lease's dispatcher takes
   * @throws TeexException with the manager's refusal, or what is wrong with the input or a blob
   */
  Prepared prepare(Attempt attempt, TaskInput input, int basisPoints) {
    Receipts.Tariff tariff = tariff(attempt.order(), basisPoints);
    SecretBytes opened = open(attempt, input);
    List<Dataset> ready = new ArrayList<>();
    try {
      requireTime(attempt);
      Release release = keys.release(attempt);
      try {
        return gather(attempt, tariff, release, opened, ready);
      } catch (RuntimeException | Error e) {
        release.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      ready.forEach(Dataset::close);
      opened.close();
      throw e;
    }
  }

  /** An input that came with the ticket was compared when the ticket was accepted. */
  private SecretBytes open(Attempt attempt, TaskInput input) {
    return switch (input) {
      case TaskInput.Given given -> SecretBytes.copyOf(given.content());
      case TaskInput.Stored stored -> {
        SealedInput sealed = SealedInput.decode(Bytes.of(blobs.get(stored.cid())));
        try (SecretBytes key = keys.openInput(attempt, sealed.sealedKey())) {
          SaltedContent salted = sealed.open(key);
          salted
              .content()
              .exposeTo(content -> requireCommitted(attempt.order(), salted.salt(), content));
          yield salted.content();
        }
      }
    };
  }

  /**
   * @param ready the data sets are added as they are found to be the licensed ones
   */
  private Prepared gather(
      Attempt attempt,
      Receipts.Tariff tariff,
      Release release,
      SecretBytes input,
      List<Dataset> ready) {
    Order order = attempt.order();
    Instrumented image = images.load(order.service().imageDigest(), release);
    for (Release.Data data : release.datasets()) {
      ready.add(datasets.open(data));
    }
    Job job =
        new Job(
            order.user().value(), order.service().imageDigest(), image, order.tier().isolation());
    Task task =
        new Task(
            input,
            ready,
            release.seed(),
            order.limits().fuel(),
            order.limits().memoryBytes(),
            (int) release.outputBytesMax(order.output().capBytes()),
            wallTime(attempt));
    return new Prepared(job, task, tariff, release);
  }

  /** What will be charged, once it is sure that the user signed for the worst of it. */
  private Receipts.Tariff tariff(Order order, int basisPoints) {
    PriceList.Service service = prices.service(order.service());
    List<DatasetCharge> charges = order.datasets().stream().map(prices::dataset).toList();
    List<Amount> amounts = charges.stream().map(DatasetCharge::amount).toList();
    Pricing.requireCovered(order, service.price(), amounts, basisPoints);
    return new Receipts.Tariff(service.price(), service.owner(), charges, basisPoints);
  }

  /**
   * A lease says when to begin at the latest; the order says when nothing of it may run.
   *
   * @throws TeexException {@code ORDER_EXPIRED} if what follows would hardly be done by then
   */
  private void requireTime(Attempt attempt) {
    Duration needed = attempt.order().datasets().isEmpty() ? DELIVERY : DATA_USE;
    Duration left = timeLeft(attempt);
    if (left.compareTo(needed) < 0) {
      throw new TeexException(
          ErrorCode.ORDER_EXPIRED,
          "%d ms are left of the order of task %s, it takes %d ms to begin: order with a later deadline"
              .formatted(left.toMillis(), attempt.task(), needed.toMillis()));
    }
  }

  /**
   * The guest ends so early that its receipt still counts. One for which there is no time left has
   * a moment all the same: it then ends as OUT_OF_TIME, and what was released for it is paid.
   */
  private Duration wallTime(Attempt attempt) {
    Duration left = timeLeft(attempt).minus(DELIVERY);
    if (!left.isPositive()) {
      return Duration.ofNanos(1);
    }
    return left.compareTo(wallTimeMax) < 0 ? left : wallTimeMax;
  }

  private Duration timeLeft(Attempt attempt) {
    return Duration.between(clock.instant(), Instant.ofEpochSecond(attempt.order().deadline()));
  }
}
