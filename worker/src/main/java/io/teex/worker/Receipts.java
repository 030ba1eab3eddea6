package io.teex.worker;

import io.teex.protocol.Address;
import io.teex.protocol.Bill;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.Execution;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Payees;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.Profile;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Tier;
import java.time.Instant;
import java.util.List;

/** Writes receipts, coarse enough to be published: see {@link Receipt}. */
final class Receipts {
  private static final long MEMORY_BYTES_MIN = 1 << 20;
  private static final int SECONDS_PER_MINUTE = 60;

  private final WorkerFacts worker;

  Receipts(WorkerFacts worker) {
    this.worker = worker;
  }

  /**
   * Who is paid what for a task.
   *
   * @param provider the service's owner
   * @param basisPoints that the dispatcher takes
   */
  record Tariff(Price price, Address provider, List<DatasetCharge> datasets, int basisPoints) {
    Tariff {
      datasets = List.copyOf(datasets);
    }
  }

  /**
   * What the executor saw.
   *
   * @param fuel exactly, as used
   * @param memoryBytes peak of linear memory
   */
  record Usage(Outcome outcome, long fuel, long memoryBytes) {}

  /** Commitments and ciphertext hash of the output; zero if there is none. */
  record Sealed(Bytes32 commitment, Bytes32 ciphertext) {
    static final Sealed NOTHING = new Sealed(Bytes32.ZERO, Bytes32.ZERO);
  }

  Receipt write(
      Attempt attempt, Tariff tariff, Usage usage, Sealed output, Bytes32 seed, Instant now) {
    Order order = attempt.order();
    long fuel = Pricing.chargedFuel(usage.fuel(), order.limits());
    Bill bill =
        Pricing.bill(
            tariff.price(),
            usage.outcome(),
            fuel,
            tariff.datasets(),
            tariff.basisPoints(),
            new Payees(tariff.provider(), worker.payout(), attempt.dispatcher().payout()));
    return new Receipt(
        attempt.task(),
        attempt.lease().attempt(),
        attempt.lease().dispatcher(),
        worker.address(),
        worker.certificateHash(),
        new ReceiptDigests(
            order.service().imageDigest(),
            tariff.price().digest(),
            ReceiptDigests.licences(order.datasets()),
            worker.execution().costTable()),
        order.inputCommitment(),
        output.commitment(),
        output.ciphertext(),
        bill.datasets(),
        fuel,
        memoryBucket(usage.memoryBytes()),
        minuteAfter(now),
        usage.outcome(),
        bill.fee(),
        new Execution(
            worker.execution().engine(),
            order.tier().isolation(),
            Tier.single(
                order.tier().isolation(),
                Profile.parse(order.tier().profile()),
                worker.execution().kind().bit()),
            worker.execution().flags()),
        seed);
  }

  /** A power of two of at least 1 MiB. */
  static long memoryBucket(long bytes) {
    return bytes <= MEMORY_BYTES_MIN ? MEMORY_BYTES_MIN : Long.highestOneBit(bytes - 1) << 1;
  }

  static long minuteAfter(Instant now) {
    return Math.ceilDiv(now.getEpochSecond(), SECONDS_PER_MINUTE) * SECONDS_PER_MINUTE;
  }
}
