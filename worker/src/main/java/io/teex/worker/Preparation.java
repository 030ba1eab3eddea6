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
import io.teex.protocol.Isolation;
import io.teex.protocol.Order;
import io.teex.protocol.Pricing;
import io.teex.protocol.Profile;
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

  /** What it takes at most to stop a guest: its answer is for the step in which it is stopped. */
  private static final Duration STOPPING = Duration.ofMillis(250);

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
        Work work =
            gather(
                attempt.order(),
                attempt.order().tier().isolation(),
                wallTime(attempt),
                release,
                opened,
                ready);
        return new Prepared(work.job(), work.task(), tariff, release);
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

  /** One execution with all that it sees; closing it overwrites input and data. */
  record Work(Job job, Task task) implements AutoCloseable {
    @Override
    public void close() {
      task.input().close();
      task.datasets().forEach(Dataset::close);
    }
  }

  /**
   * What an order's execution was given, for another one in a process of its own.
   *
   * @param release what it got; the caller closes it
   * @param input compared with the order; the work closes it
   */
  Work again(Order order, Release release, SecretBytes input) {
    List<Dataset> ready = new ArrayList<>();
    try {
      return gather(
          order,
          Isolation.PROCESS,
          stopBeforeStep(wallTimeMax, responseStep(order)),
          release,
          input,
          ready);
    } catch (RuntimeException | Error e) {
      ready.forEach(Dataset::close);
      input.close();
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
  private Work gather(
      Order order,
      Isolation isolation,
      Duration wallTime,
      Release release,
      SecretBytes input,
      List<Dataset> ready) {
    Instrumented image = images.load(order.service().imageDigest(), release);
    for (Release.Data data : release.datasets()) {
      ready.add(datasets.open(data));
    }
    Job job = new Job(order.user().value(), order.service().imageDigest(), image, isolation);
    Task task =
        new Task(
            input,
            ready,
            release.seed(),
            order.limits().fuel(),
            order.limits().memoryBytes(),
            (int) release.outputBytesMax(order.output().capBytes()),
            wallTime);
    return new Work(job, task);
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
    Duration step = responseStep(attempt.order());
    if (step.compareTo(wallTimeMax) > 0) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the order asks for answers in steps of %s, this worker stops guests after %s: ask for shorter ones"
              .formatted(step, wallTimeMax));
    }
    Duration base = attempt.order().datasets().isEmpty() ? DELIVERY : DATA_USE;
    Duration needed = base.plus(step);
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
    return stopBeforeStep(timeLeft(attempt).minus(DELIVERY), responseStep(attempt.order()));
  }

  /**
   * The most of {@code left} after which a guest can be stopped and still be answered for within
   * it, at the end of a step.
   */
  private Duration stopBeforeStep(Duration left, Duration step) {
    Duration most = left.compareTo(wallTimeMax) < 0 ? left : wallTimeMax;
    if (!step.isZero()) {
      Duration stopping = step.dividedBy(4).compareTo(STOPPING) < 0 ? step.dividedBy(4) : STOPPING;
      most = step.multipliedBy(Math.max(0, most.dividedBy(step))).minus(stopping);
    }
    return most.isPositive() ? most : Duration.ofNanos(1);
  }

  /** The steps in which the order is to be answered; zero for at once. */
  static Duration responseStep(Order order) {
    return Duration.ofMillis(Profile.parse(order.tier().profile()).responseStepMillis());
  }

  private Duration timeLeft(Attempt attempt) {
    return Duration.between(clock.instant(), Instant.ofEpochSecond(attempt.order().deadline()));
  }
}
