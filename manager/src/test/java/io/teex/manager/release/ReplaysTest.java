package io.teex.manager.release;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.manager.testing.World.DATASET;
import static io.teex.manager.testing.World.NOW;
import static io.teex.protocol.ErrorCode.CERTIFICATE_INVALID;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.LICENCE_EXPIRED;
import static io.teex.protocol.ErrorCode.LICENCE_REVOKED;
import static io.teex.protocol.ErrorCode.REPLAY_REFUSED;
import static io.teex.protocol.ErrorCode.SIGNATURE_INVALID;
import static io.teex.protocol.ErrorCode.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.DataMarket;
import io.teex.manager.state.StateKeys;
import io.teex.manager.testing.AskBuilder.Node;
import io.teex.manager.testing.World;
import io.teex.protocol.Licence;
import io.teex.protocol.Order;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TypedData;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may have a task executed again, how often, and over whose data. */
class ReplaysTest {
  private final World world = new World();
  private final Replays replays = world.newReplays();

  @Test
  void releasesWhatTheTaskGotToAnotherWorker() {
    Order order = world.order().build();
    Grant first = executed(order);

    Grant again = replays.release(ask(order).build());

    assertThat(again.imageCid()).isEqualTo(first.imageCid());
    assertThat(again.imageKey().sameAs(world.imageKey)).isTrue();
    assertThat(again.seed().sameAs(first.seed())).isTrue();
    assertThat(again.datasets()).isEmpty();
  }

  @Test
  void releasesNothingForATaskThatWasNeverExecuted() {
    Order order = world.order().build();

    refuses(REPLAY_REFUSED, "of no execution", () -> replays.release(ask(order).build()));
  }

  @Test
  void releasesNothingForAReceiptOfAWorkerThatNeverGotTheKeys() {
    Order order = world.order().build();
    executed(order);
    Node third = world.node(Role.WORKER);

    refuses(
        REPLAY_REFUSED,
        "of no execution",
        () -> replays.release(ask(order).receiptBy(third).build()));
    refuses(
        REPLAY_REFUSED, "of no execution", () -> replays.release(ask(order).attempt(2).build()));
  }

  @Test
  void nobodyButTheUserHasATaskReplayed() {
    Order order = world.order().build();
    executed(order);

    for (SigningKey stranger : List.of(world.provider, world.dataOwner, world.worker.signer())) {
      refuses(
          SIGNATURE_INVALID, () -> replays.release(ask(order).replaySignedBy(stranger).build()));
    }
  }

  @Test
  void aWorkerDoesNotCheckItself() {
    Order order = world.order().build();
    executed(order);

    refuses(
        REPLAY_REFUSED,
        "another one",
        () -> replays.release(ask(order).calledBy(world.worker).build()));
  }

  @Test
  void releasesToTheWorkerThatTheUserNamedAlone() {
    Order order = world.order().build();
    executed(order);
    Node third = world.node(Role.WORKER);

    refuses(LEASE_INVALID, () -> replays.release(ask(order).stolenBy(third).build()));
    refuses(CERTIFICATE_INVALID, () -> replays.release(ask(order).calledFrom(third).build()));
    refuses(LEASE_INVALID, () -> replays.release(ask(order).callerKind(TeeKind.TDX).build()));
  }

  @Test
  void refusesAReceiptThatItsWorkerDidNotSign() {
    Order order = world.order().build();
    executed(order);

    refuses(
        SIGNATURE_INVALID, () -> replays.release(ask(order).receiptSignedBy(world.user).build()));
  }

  @Test
  void refusesDocumentsOfDifferentTasks() {
    Order order = world.order().build();
    Order other = world.order().build();
    executed(order);
    executed(other);

    refuses(REPLAY_REFUSED, () -> replays.release(ask(order).ofTask(id(other)).build()));
    refuses(REPLAY_REFUSED, () -> replays.release(ask(order).ofAnotherReceipt().build()));
  }

  @Test
  void releasesSoManyReplaysAndNoMoreWhateverIsRetried() {
    Order order = world.order().build();
    executed(order);
    for (int i = 0; i < ReplayRules.REPLAYS_MAX; i++) {
      ReplayAsk ask = ask(order).expiry(NOW + 100 + i).build();
      replays.release(ask);
      replays.release(ask);
      world.newReplays().release(ask);
    }

    refuses(
        REPLAY_REFUSED,
        "all 3 replays",
        () -> replays.release(ask(order).expiry(NOW + 200).build()));
    replays.release(ask(order).expiry(NOW + 100).build());
  }

  @Test
  void aReplayThatIsRetriedAfterACrashCountsOnce() {
    Order order = world.order().build();
    executed(order);
    world.store.loseNextAnswer();
    refuses(UNAVAILABLE, () -> replays.release(ask(order).build()));

    world.newReplays().release(ask(order).build());

    assertThat(record(order).replays()).hasSize(1);
  }

  @Test
  void endsAWeekAfterTheOrder() {
    Order order = world.order().build();
    executed(order);
    long end = order.deadline() + ReplayRules.WINDOW_SECONDS;
    Node fresh = world.node(Role.WORKER, world.manager, end + 10);

    world.chain.append(world.block(102, end));
    world.hostTime = Instant.ofEpochSecond(end);
    world.newReplays().release(ask(order).calledBy(fresh).expiry(end + 5).build());

    world.hostTime = Instant.ofEpochSecond(end + 1);
    refuses(
        REPLAY_REFUSED,
        "7 days",
        () -> world.newReplays().release(ask(order).calledBy(fresh).expiry(end + 5).build()));
  }

  @Test
  void refusesAReplayThatWasToBeginBefore() {
    Order order = world.order().build();
    executed(order);

    refuses(
        REPLAY_REFUSED, "sign another", () -> replays.release(ask(order).expiry(NOW - 1).build()));
  }

  @Test
  void replaysOverDataWithItsOwnersLeaveAndTakesNoUse() {
    Order order = world.dataOrder().build();
    executed(order);
    LicenceState before = counters(world.licence);

    Grant again =
        replays.release(ask(order).leave(world.dataOwner, world.licence, NOW + 10).build());

    assertThat(again.datasets())
        .singleElement()
        .satisfies(data -> {
          assertThat(data.keys().sameAs(world.datasetKey)).isTrue();
          assertThat(data.outputBytesMax()).isEqualTo(1_000);
        });
    assertThat(counters(world.licence)).isEqualTo(before);
  }

  @Test
  void replaysOverNobodysDataWithoutLeave() {
    Order order = world.dataOrder().build();
    Order other = world.dataOrder().build();
    executed(order);
    executed(other);
    Signed<ReplayLeave> ofOther =
        ask(other).leave(world.dataOwner, world.licence, NOW + 10).build().leaves().getFirst();

    refuses(REPLAY_REFUSED, "has to give leave", () -> replays.release(ask(order).build()));
    refuses(
        REPLAY_REFUSED,
        "has to give leave",
        () -> replays.release(ask(order).leave(ofOther).build()));
    refuses(
        SIGNATURE_INVALID,
        () -> replays.release(ask(order).leave(world.user, world.licence, NOW + 10).build()));
    refuses(
        REPLAY_REFUSED,
        "ended",
        () -> replays.release(ask(order).leave(world.dataOwner, world.licence, NOW - 1).build()));
    assertThat(record(order)).isEqualTo(ReplayRecord.NONE);
  }

  @Test
  void aLicenceThatEndedEndsReplaysToo() {
    Order order = world.dataOrder().build();
    executed(order);
    ReplayAsk ask = ask(order).leave(world.dataOwner, world.licence, NOW + 1_000).build();

    new ReleaseLedger(world.store).revoke(world.licence.digest(), NOW);
    refuses(LICENCE_REVOKED, () -> replays.release(ask));

    DataMarket.Licence listing = world.listing(world.licence);
    world.chain.list(
        DATASET,
        world.licence.digest(),
        new DataMarket.Licence(
            listing.publisher(),
            listing.dataDigest(),
            listing.pricePerUse(),
            DataMarket.LicenceState.REVOKED));
    refuses(LICENCE_REVOKED, () -> replays.release(ask));
  }

  @Test
  void anExpiredLicenceEndsReplaysToo() {
    Order order = world.dataOrder().build();
    executed(order);
    world.hostTime = Instant.ofEpochSecond(NOW + 101);

    refuses(
        LICENCE_EXPIRED,
        () ->
            world
                .newReplays()
                .release(
                    ask(order)
                        .leave(world.dataOwner, world.licence, NOW + 1_000)
                        .expiry(NOW + 1_000)
                        .build()));
  }

  private Grant executed(Order order) {
    return world.releases.release(world.ask(order).build());
  }

  private ReplayAskBuilder ask(Order order) {
    return new ReplayAskBuilder(world, order);
  }

  private TaskId id(Order order) {
    return order.id(world.domain);
  }

  private ReplayRecord record(Order order) {
    return world
        .store
        .get(StateKeys.replays(id(order)))
        .map(entry -> TypedData.decode(ReplayRecord.class, entry.value().copy()))
        .orElse(ReplayRecord.NONE);
  }

  private LicenceState counters(Licence licence) {
    return world
        .store
        .get(StateKeys.licence(licence.digest()))
        .map(entry -> TypedData.decode(LicenceState.class, entry.value().copy()))
        .orElse(LicenceState.FRESH);
  }
}
