package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Anvil;
import io.teex.chain.BlobSource;
import io.teex.chain.ChainClient;
import io.teex.chain.FileOutbox;
import io.teex.chain.Finality;
import io.teex.chain.Outbox;
import io.teex.chain.PostedReceipts;
import io.teex.chain.Sending;
import io.teex.chain.Sent;
import io.teex.chain.Settlement;
import io.teex.dispatcher.testing.Lifeline;
import io.teex.dispatcher.testing.MortalNode;
import io.teex.dispatcher.testing.MortalStore;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.teeds.Store;
import io.teex.teeds.testing.InMemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A dispatcher that settles on a real chain is killed between every two steps that it takes: before
 * and after each write to TEE-DS, to its outbox, each request to the node and each answer. The next
 * process settles every receipt once, whatever the first one had done.
 */
class SettlementKillTest {
  private static final Sending SENDING = Sending.of(Finality.NONE, 500, Duration.ofMillis(200));

  /**
   * Writes and requests, each with a step before and after; it guards against a test of nothing.
   */
  private static final int STEPS_MIN = 40;

  private static final int CALLDATA_STEPS = 3;
  private static final int BLOB_STEPS = 7;

  /** What the node has of a transaction that it took and that is in no block. */
  enum Pool {
    KEPT,
    LOST
  }

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void settlesOnceWhereverItIsKilled(Pool pool) {
    assertThat(rounds(pool, Posting.ROOT, 1)).as("steps of a settlement").isGreaterThan(STEPS_MIN);
  }

  @ParameterizedTest
  @EnumSource
  void postsItsReceiptsInCalldataOnceWhereverItIsKilled(Pool pool) {
    assertThat(rounds(pool, Posting.CALLDATA, CALLDATA_STEPS))
        .isGreaterThan(STEPS_MIN / CALLDATA_STEPS);
  }

  /**
   * A blob takes a second to prove and to check, so not every step is the last one of a process.
   */
  @ParameterizedTest
  @EnumSource
  void postsItsReceiptsInABlobOnceWhereverItIsKilled(Pool pool) {
    assertThat(rounds(pool, Posting.BLOB, BLOB_STEPS)).isGreaterThan(STEPS_MIN / BLOB_STEPS);
  }

  /**
   * @param stride steps by which each process lives longer than the one before
   * @return how many processes died
   */
  private int rounds(Pool pool, Posting posting, int stride) {
    try (Anvil anvil = Anvil.start(LiveMarket.anvil(), 0, Optional.empty());
        ChainClient client = ChainClient.connect(anvil.endpoint());
        MortalNode node = new MortalNode(anvil.endpoint(), () -> client.development("evm_mine"))) {
      LiveMarket market = new LiveMarket(client, new SplittableRandom(7));
      List<SigningKey> users = List.of(market.user(10_000_000), market.user(10_000_000));
      Scene scene = new Scene(market, node, users, new InMemoryStore(), pool, posting);
      int rounds = 0;
      boolean killed = true;
      while (killed) {
        killed = isKilled(scene, ++rounds, rounds * stride);

        assertSettledOnce(market, users, rounds);
        assertPosted(market, posting);
      }
      return rounds;
    }
  }

  private record Scene(
      LiveMarket market,
      MortalNode node,
      List<SigningKey> users,
      InMemoryStore disk,
      Pool pool,
      Posting posting) {
    Dispatcher open(ChainClient through, Store store, Outbox outbox) {
      return market.open(through, store, outbox, SENDING, posting);
    }
  }

  private boolean isKilled(Scene scene, int round, int steps) {
    LiveMarket market = scene.market();
    try (ChainClient through = ChainClient.connect(scene.node().endpoint())) {
      Lifeline life = new Lifeline(steps);
      Outbox outbox = outbox(market);
      try (Dispatcher first = scene.open(through, scene.disk(), new MortalOutbox(outbox, life))) {
        market.join(first);
        for (SigningKey user : scene.users()) {
          market.execute(first, user, market.order(user).sequence(round).build());
        }
      }
      market.client.development("evm_setAutomine", false);
      settleUntilKilled(scene, through, new MortalOutbox(outbox, life), life);
      if (scene.pool() == Pool.LOST) {
        market.client.development("anvil_dropAllTransactions");
      }
      market.client.development("evm_setAutomine", true);
      market.client.development("evm_mine");
      scene.node().serve(Lifeline.endless());
      try (Dispatcher second = scene.open(through, scene.disk(), outbox(market))) {
        second.settler().settle();
        assertThat(second.ledger().tasks()).isEmpty();
        assertThat(second.batches().underWay()).isEmpty();
      }
      return life.isOver();
    }
  }

  private static void settleUntilKilled(
      Scene scene, ChainClient through, Outbox outbox, Lifeline life) {
    scene.node().serve(life);
    try (Dispatcher dispatcher = scene.open(through, new MortalStore(scene.disk(), life), outbox)) {
      dispatcher.settler().settle();
    } catch (TeexException e) {
      assertThat(e.code())
          .as(String.valueOf(e))
          .isIn(ErrorCode.UNAVAILABLE, ErrorCode.CHAIN_UNAVAILABLE);
      assertThat(life.isOver()).as(String.valueOf(e)).isTrue();
    }
  }

  private Outbox outbox(LiveMarket market) {
    return FileOutbox.open(directory, market.addresses.domain(), market.dispatcherKey.address());
  }

  private static void assertSettledOnce(LiveMarket market, List<SigningKey> users, int rounds) {
    for (SigningKey user : users) {
      Settlement.Allowance allowance =
          market.settlement.allowance(user.address(), market.dispatcherKey.address(), 0);
      assertThat(allowance.settledSequence()).isEqualTo(rounds);
      // 1,000 + 2 × 100, and 2 % of it.
      assertThat(allowance.remaining()).isEqualTo(Amount.of(10_000_000 - 1_224L * rounds));
    }
    assertThat(
            market
                .settlement
                .batches(market.dispatcherKey.address(), 0, market.client.blockNumber())
                .stream()
                .mapToInt(Settlement.Settled::count)
                .sum())
        .isEqualTo(2 * rounds);
    assertThat(market.isConserved(users)).isTrue();
  }

  /** What is posted with each batch is checked against its root when it is read. */
  private static void assertPosted(LiveMarket market, Posting posting) {
    PostedReceipts reader =
        new PostedReceipts(market.client, market.addresses, BlobSource.embedded(market.client));
    List<Settlement.Settled> batches =
        market.settlement.batches(market.dispatcherKey.address(), 0, market.client.blockNumber());
    assertThat(reader.read(batches.getLast()).map(PostedReceipts.Posted::place))
        .isEqualTo(
            switch (posting) {
              case ROOT -> Optional.empty();
              case CALLDATA -> Optional.of(PostedReceipts.Place.CALLDATA);
              case BLOB -> Optional.of(PostedReceipts.Place.BLOBS);
            });
  }

  /** Each write to the outbox is a step before and a step after. */
  private record MortalOutbox(Outbox outbox, Lifeline life) implements Outbox {
    @Override
    public List<Sent> all() {
      return outbox.all();
    }

    @Override
    public void keep(Sent sent) {
      step();
      outbox.keep(sent);
      step();
    }

    @Override
    public void forget(long nonce) {
      step();
      outbox.forget(nonce);
      step();
    }

    private void step() {
      if (!life.step()) {
        throw new TeexException(ErrorCode.UNAVAILABLE, "the process is dead");
      }
    }
  }
}
