package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PricingTest {
  private static final Payees PAYEES = new Payees(address(1), address(2), address(3));
  private static final Price PRICE = price(1_000, 30, 400, 10);

  @Test
  void splitsAnOrdinaryFee() {
    Bill bill =
        Pricing.bill(PRICE, Outcome.COMPLETED, 2_500_000, List.of(charge(500)), 250, PAYEES);

    assertThat(bill.fee().workerAmount()).isEqualTo(Amount.of(425));
    assertThat(bill.fee().providerAmount()).isEqualTo(Amount.of(1_075 - 425));
    assertThat(bill.fee().dispatcherAmount()).isEqualTo(Amount.of(39));
    assertThat(bill.fee().total()).isEqualTo(Amount.of(1_075 + 500 + 39));
  }

  @Test
  void countsAStartedMillionInFractions() {
    assertThat(Pricing.price(price(0, 3, 0, 0), 0)).isEqualTo(Amount.of(0));
    assertThat(Pricing.price(price(0, 3, 0, 0), 1)).isEqualTo(Amount.of(1));
    assertThat(Pricing.price(price(0, 3, 0, 0), 333_334)).isEqualTo(Amount.of(2));
    assertThat(Pricing.price(price(0, 3, 0, 0), 1_000_000)).isEqualTo(Amount.of(3));
  }

  @Test
  void roundsFuelUpToTheStepAndNeverBeyondTheRoundedLimit() {
    Limits limits = new Limits(1_050, 100, 1);

    assertThat(Pricing.chargedFuel(0, limits)).isZero();
    assertThat(Pricing.chargedFuel(1, limits)).isEqualTo(100);
    assertThat(Pricing.chargedFuel(100, limits)).isEqualTo(100);
    assertThat(Pricing.chargedFuel(5_000, limits)).isEqualTo(1_100);
    assertThat(Pricing.chargedFuel(7, new Limits(10, 0, 1))).isEqualTo(7);
    assertThat(
            Pricing.chargedFuel(Long.MAX_VALUE, new Limits(Long.MAX_VALUE, Long.MAX_VALUE - 1, 1)))
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"INVALID_MODULE", "ENGINE_FAILURE", "VOID"})
  void failuresOfThePlatformCostNothing(Outcome outcome) {
    Bill bill = Pricing.bill(PRICE, outcome, 2_500_000, List.of(charge(500)), 250, PAYEES);

    assertThat(bill.fee().total()).isEqualTo(Amount.ZERO);
    assertThat(bill.datasets()).extracting(DatasetCharge::amount).containsExactly(Amount.ZERO);
  }

  @Test
  void theWorkerNeverEarnsMoreThanTheUserPaysForTheService() {
    Bill bill =
        Pricing.bill(price(100, 0, 1_000, 7), Outcome.TRAP, 5_000_000, List.of(), 0, PAYEES);

    assertThat(bill.fee().workerAmount()).isEqualTo(Amount.of(100));
    assertThat(bill.fee().providerAmount()).isEqualTo(Amount.ZERO);
  }

  @Test
  void noUnitIsLostAndNoBillExceedsTheWorstCase() {
    RandomGenerator random = Seeds.random();

    for (int i = 0; i < 20_000; i++) {
      Price price = new Price(amount(random), amount(random), amount(random), amount(random));
      Limits limits =
          new Limits(random.nextLong(1L << 40), random.nextLong(1 << 20), random.nextLong(1 << 30));
      int basisPoints = random.nextInt(0x10000);
      List<DatasetCharge> datasets = new ArrayList<>();
      for (int d = random.nextInt(4); d > 0; d--) {
        datasets.add(new DatasetCharge(DatasetId.of(d), Bytes32.ZERO, address(9), amount(random)));
      }
      Outcome outcome = Seeds.pick(random, Outcome.values());

      Bill bill =
          Pricing.bill(
              price,
              outcome,
              Pricing.chargedFuel(random.nextLong(1L << 41), limits),
              datasets,
              basisPoints,
              PAYEES);

      BigInteger parts =
          bill.fee()
              .providerAmount()
              .value()
              .add(bill.fee().workerAmount().value())
              .add(bill.fee().dispatcherAmount().value());
      for (DatasetCharge dataset : bill.datasets()) {
        parts = parts.add(dataset.amount().value());
      }
      assertThat(bill.fee().total().value()).isEqualTo(parts);
      assertThat(bill.fee().total().value())
          .isLessThanOrEqualTo(
              Pricing.worstCase(
                  limits,
                  price,
                  datasets.stream().map(DatasetCharge::amount).toList(),
                  basisPoints));
    }
  }

  @Test
  void refusesAnOrderThatItsMaximumMayNotCover() {
    Order order = Examples.order();
    BigInteger worst =
        Pricing.worstCase(order.limits(), PRICE, List.of(Amount.of(5), Amount.of(6)), 10);

    Pricing.requireCovered(
        withFee(order, new Amount(worst), 10), PRICE, List.of(Amount.of(5), Amount.of(6)), 10);

    refuses(withFee(order, new Amount(worst.subtract(BigInteger.ONE)), 10), 5, 10);
    refuses(withFee(order, new Amount(worst), 9), 5, 10);
    refuses(withFee(order, Amount.MAX, 10), 1_001, 10);
  }

  private static void refuses(Order order, long firstDatasetPrice, int basisPoints) {
    assertThatThrownBy(() ->
            Pricing.requireCovered(
                order, PRICE, List.of(Amount.of(firstDatasetPrice), Amount.of(6)), basisPoints))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FEE_TOO_SMALL));
  }

  private static Order withFee(Order order, Amount max, int basisPoints) {
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        List.of(
            new DatasetUse(DatasetId.of(1), Bytes32.ZERO, Amount.of(1_000)),
            new DatasetUse(DatasetId.of(2), Bytes32.ZERO, Amount.of(1_000))),
        order.purpose(),
        order.inputCommitment(),
        order.output(),
        new FeeTerms(max, basisPoints),
        order.limits(),
        order.tier(),
        order.recentBlock(),
        order.deadline(),
        order.salt());
  }

  private static Amount amount(RandomGenerator random) {
    return new Amount(new BigInteger(random.nextInt(60), new java.util.Random(random.nextLong())));
  }

  private static DatasetCharge charge(long amount) {
    return new DatasetCharge(DatasetId.of(1), Bytes32.ZERO, address(4), Amount.of(amount));
  }

  private static Price price(long base, long perMillion, long paid, long paidPerMillion) {
    return new Price(
        Amount.of(base), Amount.of(perMillion), Amount.of(paid), Amount.of(paidPerMillion));
  }

  private static Address address(int last) {
    byte[] value = new byte[20];
    value[19] = (byte) last;
    return new Address(Bytes.of(value));
  }
}
