package io.teex.protocol;

import java.math.BigInteger;
import java.util.List;

/**
 * What a task costs. With the price P for the charged fuel, the data sets' prices D and the
 * dispatcher's basis points b, the user pays P + D + ⌊(P + D)·b/10000⌋; the worker gets its
 * remuneration out of P, the provider the rest of P. No unit is lost or made by rounding.
 */
public final class Pricing {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
  private static final BigInteger BASIS = BigInteger.valueOf(10_000);

  /** The longest that an order may live: for so long a price that was replaced still holds. */
  public static final long ORDER_LIFE_SECONDS_MAX = 86_400;

  private Pricing() {}

  /**
   * Whether an order with this deadline may name a price. An order that was signed while the price
   * was the latest one always may, since it lives no longer than {@link #ORDER_LIFE_SECONDS_MAX};
   * whoever signs later and names it all the same gets nothing out of it after that time.
   *
   * @param deadline of the order, in seconds since the epoch
   * @param replacedAt when the next price was listed, in seconds since the epoch; zero if none was
   */
  public static boolean holds(long deadline, long replacedAt) {
    return replacedAt == 0 || deadline - ORDER_LIFE_SECONDS_MAX <= replacedAt;
  }

  /**
   * Fuel as it is charged and published: rounded up to the order's step, and no more than the
   * rounded limit.
   */
  public static long chargedFuel(long used, Limits limits) {
    return roundUp(Math.min(used, limits.fuel()), limits.fuelStep());
  }

  /** What the user pays for the service: base + ⌈perMillionFuel · fuel / 10⁶⌉. */
  public static Amount price(Price price, long chargedFuel) {
    return new Amount(linear(price.base(), price.perMillionFuel(), chargedFuel));
  }

  /** What the worker earns of that, never more than {@link #price}. */
  public static Amount remuneration(Price price, long chargedFuel) {
    BigInteger remuneration =
        linear(price.remunerationBase(), price.remunerationPerMillionFuel(), chargedFuel);
    return new Amount(remuneration.min(linear(price.base(), price.perMillionFuel(), chargedFuel)));
  }

  /**
   * The bill of a task that ended with {@code outcome}: zero in every part if the platform failed.
   *
   * @param dispatcherBasisPoints what the dispatcher takes, in 1/10000
   * @throws ArithmeticException if the total exceeds {@link Amount#MAX}, which {@link
   *     #requireCovered} has ruled out before
   */
  public static Bill bill(
      Price price,
      Outcome outcome,
      long chargedFuel,
      List<DatasetCharge> datasets,
      int dispatcherBasisPoints,
      Payees payees) {
    if (!outcome.isCharged()) {
      return free(datasets, payees);
    }
    Amount service = price(price, chargedFuel);
    Amount worker = remuneration(price, chargedFuel);
    Amount work = datasets.stream().map(DatasetCharge::amount).reduce(service, Amount::plus);
    Amount dispatcher = new Amount(commission(work.value(), dispatcherBasisPoints));
    return new Bill(
        new FeeSplit(
            work.plus(dispatcher),
            payees.provider(),
            service.minus(worker),
            payees.worker(),
            worker,
            payees.dispatcher(),
            dispatcher),
        datasets);
  }

  /** The most that an order can cost at these prices: all its fuel used. */
  public static BigInteger worstCase(
      Limits limits, Price price, List<Amount> datasetPrices, int dispatcherBasisPoints) {
    BigInteger work =
        linear(price.base(), price.perMillionFuel(), chargedFuel(limits.fuel(), limits));
    for (Amount dataset : datasetPrices) {
      work = work.add(dataset.value());
    }
    return work.add(commission(work, dispatcherBasisPoints));
  }

  /**
   * Checks at acceptance that no outcome can cost more than the user signed.
   *
   * @param datasetPrices the licences' prices, in the order's order
   * @throws TeexException {@code FEE_TOO_SMALL} if the worst case exceeds the order's maximum, a
   *     data set its price cap, or the dispatcher's share the order's
   */
  public static void requireCovered(
      Order order, Price price, List<Amount> datasetPrices, int dispatcherBasisPoints) {
    if (datasetPrices.size() != order.datasets().size()) {
      throw new IllegalArgumentException(
          "%d data set prices for %d data sets"
              .formatted(datasetPrices.size(), order.datasets().size()));
    }
    if (dispatcherBasisPoints > order.fee().dispatcherBasisPointsMax()) {
      throw tooSmall(
          "the dispatcher takes %d basis points, the order allows %d: allow more, or order elsewhere"
              .formatted(dispatcherBasisPoints, order.fee().dispatcherBasisPointsMax()));
    }
    for (int i = 0; i < datasetPrices.size(); i++) {
      DatasetUse use = order.datasets().get(i);
      if (datasetPrices.get(i).compareTo(use.priceCap()) > 0) {
        throw tooSmall(
            "data set %s costs %s a use, the order caps it at %s: raise the cap"
                .formatted(use.id(), datasetPrices.get(i), use.priceCap()));
      }
    }
    BigInteger worst = worstCase(order.limits(), price, datasetPrices, dispatcherBasisPoints);
    if (worst.compareTo(order.fee().max().value()) > 0) {
      throw tooSmall(
          "the order may cost %s, its maximum is %s: raise the maximum, or lower the fuel limit"
              .formatted(worst, order.fee().max()));
    }
  }

  private static Bill free(List<DatasetCharge> datasets, Payees payees) {
    return new Bill(
        new FeeSplit(
            Amount.ZERO,
            payees.provider(),
            Amount.ZERO,
            payees.worker(),
            Amount.ZERO,
            payees.dispatcher(),
            Amount.ZERO),
        datasets.stream()
            .map(charge ->
                new DatasetCharge(charge.id(), charge.licenceDigest(), charge.payee(), Amount.ZERO))
            .toList());
  }

  private static BigInteger linear(Amount base, Amount perMillion, long fuel) {
    BigInteger[] variable =
        perMillion.value().multiply(BigInteger.valueOf(fuel)).divideAndRemainder(MILLION);
    return base.value()
        .add(variable[0])
        .add(variable[1].signum() == 0 ? BigInteger.ZERO : BigInteger.ONE);
  }

  private static BigInteger commission(BigInteger work, int basisPoints) {
    return work.multiply(BigInteger.valueOf(basisPoints)).divide(BASIS);
  }

  private static long roundUp(long fuel, long step) {
    if (step <= 1 || fuel % step == 0) {
      return fuel;
    }
    long down = fuel - fuel % step;
    return down > Long.MAX_VALUE - step ? Long.MAX_VALUE : down + step;
  }

  private static TeexException tooSmall(String what) {
    return new TeexException(ErrorCode.FEE_TOO_SMALL, what);
  }
}
