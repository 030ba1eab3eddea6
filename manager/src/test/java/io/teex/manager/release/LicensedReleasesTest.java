package io.teex.manager.release;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.manager.testing.World.DATASET;
import static io.teex.manager.testing.World.NOW;
import static io.teex.protocol.ErrorCode.FEE_TOO_SMALL;
import static io.teex.protocol.ErrorCode.INPUT_MISMATCH;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.LICENCE_EXHAUSTED;
import static io.teex.protocol.ErrorCode.LICENCE_EXPIRED;
import static io.teex.protocol.ErrorCode.LICENCE_REFUSED;
import static io.teex.protocol.ErrorCode.LICENCE_REVOKED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.SEALED_INPUT_REFUSED;
import static io.teex.protocol.ErrorCode.UNAVAILABLE;
import static io.teex.protocol.ErrorCode.UNKNOWN_DATASET;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.DataMarket;
import io.teex.manager.state.StateKeys;
import io.teex.manager.testing.LicenceBuilder;
import io.teex.manager.testing.OrderBuilder;
import io.teex.manager.testing.World;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Licence;
import io.teex.protocol.Order;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SideChannels;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Entry;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On what terms data is released, and how it is counted. */
class LicensedReleasesTest {
  private final World world = new World();

  @Test
  void releasesTheDataWithItsTerms() {
    Grant grant = release(world.dataOrder());

    assertThat(grant.datasets())
        .singleElement()
        .satisfies(data -> {
          assertThat(data.cid()).isEqualTo("data-cid");
          assertThat(data.keys().sameAs(world.datasetKey)).isTrue();
          assertThat(data.dataDigest()).isEqualTo(world.licence.dataDigest());
          assertThat(data.outputBytesMax()).isEqualTo(1_000);
        });
    assertThat(counters(world.licence)).isEqualTo(new LicenceState(1, 1_016, 0));
  }

  @Test
  void capsTheOutputAtWhatTheLicenceAllows() {
    Licence licence = registered(world.licence().outputBytes(200, 1_000));

    Grant grant = release(orderUnder(licence));

    assertThat(grant.datasets().getFirst().outputBytesMax()).isEqualTo(200);
    assertThat(counters(licence).outputBytes()).isEqualTo(216);
  }

  @Test
  void refusesAnUnlistedDataset() {
    refused(
        UNKNOWN_DATASET,
        world
            .dataOrder()
            .using(
                new DatasetUse(
                    new DatasetId(BigInteger.TEN), world.licence.digest(), Amount.of(5))));
  }

  @Test
  void refusesAnUnregisteredLicence() {
    Licence licence = world.licence().build();
    world.chain.list(DATASET, licence.digest(), world.listing(licence));

    refused(UNKNOWN_DATASET, "not registered", orderUnder(licence));
  }

  @Test
  void refusesALicenceThatSomebodyElseLists() {
    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            world.provider.address(),
            listing.dataDigest(),
            listing.pricePerUse(),
            DataMarket.LicenceState.ACTIVE));

    refused(LICENCE_REFUSED, "other terms", world.dataOrder());
  }

  @Test
  void refusesALicenceThatIsListedForOtherData() {
    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            listing.publisher(),
            world.bytes32(),
            listing.pricePerUse(),
            DataMarket.LicenceState.ACTIVE));

    refused(LICENCE_REFUSED, "other terms", world.dataOrder());
  }

  @Test
  void refusesALicenceThatIsListedAtAnotherPrice() {
    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            listing.publisher(),
            listing.dataDigest(),
            Amount.of(4),
            DataMarket.LicenceState.ACTIVE));

    refused(LICENCE_REFUSED, "other terms", world.dataOrder());
  }

  @Test
  void refusesAnotherImage() {
    refused(
        LICENCE_REFUSED, "image", orderUnder(registered(world.licence().images(world.bytes32()))));
  }

  @Test
  void refusesAnotherUser() {
    release(orderUnder(registered(world.licence().users(world.user.address()))));

    refused(
        LICENCE_REFUSED,
        "user",
        orderUnder(registered(world.licence().users(world.provider.address()))));
  }

  @Test
  void refusesAnotherPurpose() {
    Licence licence = registered(world.licence().purpose("research"));
    release(orderUnder(licence).purpose("research"));

    refused(LICENCE_REFUSED, "purpose", orderUnder(licence));
    refused(LICENCE_REFUSED, "purpose", orderUnder(licence).purpose("advertising"));
  }

  @Test
  void judgesTheBeginningByTheEarlierEndOfTime() {
    release(orderUnder(registered(world.licence().notBefore(NOW))));
    world.hostTime = Instant.ofEpochSecond(NOW + 20);

    refused(LICENCE_REFUSED, "begins", orderUnder(registered(world.licence().notBefore(NOW + 1))));
  }

  @Test
  void judgesTheExpiryByTheLaterEndOfTime() {
    Licence licence = registered(world.licence().expiry(NOW));
    release(orderUnder(licence));

    world.hostTime = Instant.ofEpochSecond(NOW + 1);

    refused(LICENCE_EXPIRED, "ask its owner for another", orderUnder(licence));
  }

  @Test
  void refusesAPriceAboveTheOrdersCap() {
    refused(
        FEE_TOO_SMALL,
        world.dataOrder().using(new DatasetUse(DATASET, world.licence.digest(), Amount.of(4))));
  }

  @Test
  void refusesDataOnAnUncommittedInput() {
    refused(INPUT_MISMATCH, world.dataOrder().input(Bytes32.ZERO));
  }

  @Test
  void refusesTheSameLicenceTwiceInAnOrder() {
    refused(
        ORDER_MISMATCH,
        "twice",
        world.dataOrder().using(world.use(world.licence), world.use(world.licence)));
  }

  @Test
  void refusesMoreDataSetsThanAnyOrderNeeds() {
    List<DatasetUse> uses =
        IntStream.rangeClosed(0, LicenceRules.DATASETS_MAX)
            .mapToObj(i -> new DatasetUse(DATASET, world.bytes32(), Amount.ZERO))
            .toList();

    refused(ORDER_MISMATCH, "at most", world.dataOrder().using(uses));
  }

  @Test
  void refusesTheUseAfterTheLast() {
    Licence licence = registered(world.licence().usesMax(2));
    release(orderUnder(licence));
    release(orderUnder(licence));

    refused(LICENCE_EXHAUSTED, "are taken: ask its owner for another", orderUnder(licence));
  }

  @Test
  void refusesOutputBeyondTheTotal() {
    Licence licence = registered(world.licence().outputBytes(1_000, 2_500));
    release(orderUnder(licence));
    release(orderUnder(licence));

    refused(LICENCE_EXHAUSTED, "output bytes", orderUnder(licence));
    release(orderUnder(licence).outputBytes(500 - 3 * SideChannels.TASK_BYTES));
    assertThat(counters(licence)).isEqualTo(new LicenceState(3, 2_500, 0));
  }

  @Test
  void chargesTheBudgetForWhatATaskCanSayWithoutAnyOutput() {
    Licence licence = registered(world.licence().outputBytes(0, 2 * SideChannels.TASK_BYTES));
    release(orderUnder(licence));
    release(orderUnder(licence).outputBytes(0));

    // A task that is silent still has fuel, memory, an outcome and a time.
    refused(LICENCE_EXHAUSTED, "every task takes 16 more", orderUnder(licence).outputBytes(0));
  }

  @Test
  void theBudgetIsOneForAllServicesAndUsersOfALicence() {
    Bytes32 otherImage = world.bytes32();
    Licence licence =
        registered(world.licence().images(world.imageDigest, otherImage).outputBytes(1_000, 1_500));
    release(orderUnder(licence));

    refused(LICENCE_EXHAUSTED, "output bytes", orderUnder(licence));
  }

  @Test
  void retriesOfATaskDrainNoBudget() {
    Licence licence =
        registered(world.licence().outputBytes(1_000, 1_000 + SideChannels.TASK_BYTES));
    Order order = orderUnder(licence).build();
    world.releases.release(world.ask(order).build());
    world.store.loseNextAnswer();
    refuses(UNAVAILABLE, () -> world.releases.release(world.ask(order).attempt(2).build()));

    world.newReleases().release(world.ask(order).attempt(2).build());
    world.newReleases().release(world.ask(order).attempt(3).worker(world.otherWorker).build());

    assertThat(counters(licence)).isEqualTo(new LicenceState(1, 1_016, 0));
  }

  @Test
  void countsNoUseOfOneDatasetWhenAnotherIsExhausted() {
    Licence exhausted = registered(world.licence().usesMax(0));

    refused(
        LICENCE_EXHAUSTED, world.dataOrder().using(world.use(world.licence), world.use(exhausted)));

    assertThat(counters(world.licence)).isEqualTo(LicenceState.FRESH);
  }

  @Test
  void countsNoUseForAnInputThatItOpens() {
    Order order = world.dataOrder().build();

    openInput(order, 1);
    openInput(order, 1);
    assertThat(counters(world.licence)).isEqualTo(LicenceState.FRESH);

    world.releases.release(world.ask(order).build());
    openInput(order, 2);
    world.releases.release(world.ask(order).attempt(2).build());
    assertThat(counters(world.licence).uses()).isEqualTo(1);
  }

  @Test
  void opensTheInputOfSoManyAttemptsAndOfNoMore() {
    Order order = world.dataOrder().build();
    for (int attempt = 1; attempt <= Ledger.ATTEMPTS_MAX; attempt++) {
      openInput(order, attempt);
    }

    refuses(LEASE_INVALID, () -> openInput(order, Ledger.ATTEMPTS_MAX + 1));
  }

  @Test
  void opensNoInputForDataThatTheOrderMayNotUse() {
    Licence expired = registered(world.licence().expiry(NOW - 1));
    Order order = orderUnder(expired).build();

    refuses(LICENCE_EXPIRED, () -> openInput(order, 1));
  }

  private void openInput(Order order, int attempt) {
    SealedInput sealed =
        SealedInput.seal(
            world.serviceKeys.publicKey(),
            InputBinding.of(world.domain, order),
            SaltedContent.of(world.bytes32(), new byte[] {42}),
            world.random);
    world.releases.openInput(world.ask(order).attempt(attempt).build(), sealed.sealedKey());
  }

  @Test
  void countsNoUseWhenTheSealedInputIsRefused() {
    Ask ask = world.ask(world.dataOrder()).build();

    refuses(SEALED_INPUT_REFUSED, () -> world.releases.openInput(ask, Bytes.of(new byte[80])));

    assertThat(counters(world.licence)).isEqualTo(LicenceState.FRESH);
  }

  @Test
  void attemptsOfOneTaskShareAUse() {
    Licence licence = registered(world.licence().usesMax(1));
    Order order = orderUnder(licence).build();

    for (int attempt = 1; attempt <= Ledger.ATTEMPTS_MAX; attempt++) {
      world.releases.release(world.ask(order).attempt(attempt).build());
    }

    assertThat(counters(licence)).isEqualTo(new LicenceState(1, 1_016, 0));
    refuses(
        LEASE_INVALID,
        "attempts",
        () -> world.releases.release(world.ask(order).attempt(Ledger.ATTEMPTS_MAX + 1).build()));
  }

  @Test
  void oneLeaseIsReleasedToOneWorker() {
    Order order = world.dataOrder().build();
    world.releases.release(world.ask(order).build());

    refuses(
        LEASE_INVALID,
        "another lease",
        () -> world.releases.release(world.ask(order).worker(world.otherWorker).build()));
    refuses(
        LEASE_INVALID,
        "another lease",
        () -> world.releases.release(world.ask(order).fencingToken(2).build()));
  }

  @Test
  void refusesALeaseThatALaterOneReplaced() {
    Order order = world.dataOrder().build();
    world.releases.release(world.ask(order).attempt(2).worker(world.otherWorker).build());

    refuses(
        LEASE_INVALID, "older", () -> world.releases.release(world.ask(order).attempt(1).build()));
  }

  @Test
  void releaseThatIsRetriedAfterACrashCountsOnce() {
    Order order = world.dataOrder().build();
    world.store.loseNextAnswer();
    refuses(UNAVAILABLE, () -> world.releases.release(world.ask(order).build()));

    Grant again = world.newReleases().release(world.ask(order).build());

    assertThat(again.datasets().getFirst().keys().sameAs(world.datasetKey)).isTrue();
    assertThat(counters(world.licence).uses()).isEqualTo(1);
  }

  @Test
  void revocationHoldsFromTheNextReleaseOn() {
    Order order = world.dataOrder().build();
    world.releases.release(world.ask(order).build());

    new ReleaseLedger(world.store).revoke(world.licence.digest(), NOW);

    refused(LICENCE_REVOKED, "by its owner: ask for another", world.dataOrder());
    refuses(LICENCE_REVOKED, () -> world.releases.release(world.ask(order).attempt(2).build()));
    assertThat(counters(world.licence)).isEqualTo(new LicenceState(1, 1_016, NOW));
  }

  @Test
  void revocationOnChainHoldsToo() {
    release(world.dataOrder());
    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            listing.publisher(),
            listing.dataDigest(),
            listing.pricePerUse(),
            DataMarket.LicenceState.REVOKED));

    refused(LICENCE_REVOKED, "on chain", world.dataOrder());
  }

  @Test
  void refusesALicenceOfALaterOwnerUntilItIsListed() {
    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            listing.publisher(),
            listing.dataDigest(),
            listing.pricePerUse(),
            DataMarket.LicenceState.PENDING));

    refused(LICENCE_REFUSED, "not listed yet", world.dataOrder());
  }

  @Test
  void revokingTwiceKeepsTheFirstDate() {
    ReleaseLedger ledger = new ReleaseLedger(world.store);

    ledger.revoke(world.licence.digest(), NOW);
    ledger.revoke(world.licence.digest(), NOW + 1);

    assertThat(counters(world.licence).revokedAt()).isEqualTo(NOW);
  }

  @Test
  void concurrentReleasesNeverExceedTheLicence() throws Exception {
    Licence licence = registered(world.licence().usesMax(20));
    // Two managers over one store: neither can rely on what it remembers.
    List<Releases> managers = List.of(world.releases, world.newReleases());
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> answers = new ArrayList<>();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        Ask ask = world.ask(orderUnder(licence)).build();
        Releases manager = managers.get(i % 2);
        answers.add(threads.submit(releaseAt(start, manager, ask)));
      }
      start.countDown();
    }

    int released = 0;
    for (Future<Boolean> answer : answers) {
      released += answer.get() ? 1 : 0;
    }
    assertThat(released).isEqualTo(20);
    assertThat(counters(licence)).isEqualTo(new LicenceState(20, 20 * 1_016, 0));
    assertThat(auditTrail(licence)).doesNotHaveDuplicates().hasSize(20);
  }

  private static Callable<Boolean> releaseAt(CountDownLatch start, Releases manager, Ask ask) {
    return () -> {
      start.await();
      try {
        manager.release(ask);
        return true;
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(LICENCE_EXHAUSTED);
        return false;
      }
    };
  }

  private OrderBuilder orderUnder(Licence licence) {
    return world.dataOrder().using(world.use(licence));
  }

  private Licence registered(LicenceBuilder licence) {
    Licence built = licence.build();
    world.register(built);
    return built;
  }

  private LicenceState counters(Licence licence) {
    return world
        .store
        .get(StateKeys.licence(licence.digest()))
        .map(Entry::value)
        .map(value -> TypedData.decode(LicenceState.class, value.copy()))
        .orElse(LicenceState.FRESH);
  }

  private List<Bytes> auditTrail(Licence licence) {
    return IntStream.rangeClosed(1, 50)
        .mapToObj(i -> world.store.get(StateKeys.use(licence.digest(), i)))
        .flatMap(entry -> entry.stream())
        .map(Entry::value)
        .toList();
  }

  private Grant release(OrderBuilder order) {
    return world.releases.release(world.ask(order).build());
  }

  private void refused(ErrorCode code, OrderBuilder order) {
    refuses(code, () -> release(order));
  }

  private void refused(ErrorCode code, String because, OrderBuilder order) {
    refuses(code, because, () -> release(order));
  }
}
