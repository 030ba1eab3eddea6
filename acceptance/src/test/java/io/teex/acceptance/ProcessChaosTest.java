package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.ChainClient;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Amount;
import io.teex.protocol.Limits;
import io.teex.protocol.Price;
import io.teex.protocol.SigningKey;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.Published;
import io.teex.sdk.User;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole market of real processes works while the dispatcher, the chain's node and TEE-DS are
 * killed with SIGKILL and the chain is reorganised, mostly while a batch is under way. In the end
 * every acknowledged receipt is settled once, and no unit of money is missing.
 *
 * <p>{@code ./teex test --chaos [tasks [seed]]} runs it: it is no part of the tests that run for
 * every change. With a seed that was printed, users, faults and the moments that are waited for are
 * the same again; what the processes do meanwhile is their own.
 */
@Tag("chaos")
class ProcessChaosTest {
  private static final int USERS = 12;
  private static final int BATCH_TASKS = 40;
  private static final Duration BATCH_WAIT = Duration.ofSeconds(1);

  /** An order that no worker takes in time holds its lane up until its deadline. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Amount DEPOSIT = Amount.of(10_000_000);
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(100), Amount.of(400), Amount.of(50));

  @TempDir private Path directory;

  private final long seed = Long.getLong("teex.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Plan plan = Plan.chosen();
  private final Instant begun = Instant.now();
  private EmbeddedMarket embedded;
  private Market market;

  @BeforeEach
  void aMarket() {
    System.out.printf("chaos: seed %d, %s%n", seed, plan);
    embedded =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market"))
                .withBatches(BATCH_TASKS, BATCH_WAIT),
            Progress.silent());
    market = Market.connect(embedded.marketFile());
  }

  @AfterEach
  void stop() {
    if (market != null) {
      market.close();
    }
    if (embedded != null) {
      embedded.close();
    }
  }

  @Test
  void everyAcknowledgedReceiptIsSettledOnceWhateverIsKilled() throws Exception {
    List<User> users = users();
    OrderTerms terms =
        OrderTerms.of(echo().service(), new byte[64])
            .withLimits(new Limits(10_000_000, 1_000_000, 1 << 24))
            .withFeeMax(Amount.of(5_000))
            .withPatience(PATIENCE);

    try (Faults faults = new Faults(embedded, market, random.split());
        Crowd crowd = new Crowd(embedded, users, terms, plan.tasks())) {
      faults.awaitAllKept();
      crowd.start();
      disturb(crowd, faults);
      crowd.finish();
      crowd.settleAll();
      System.out.printf(
          "chaos: %d tasks acknowledged, %d settled without an answer; orders refused: %s%n",
          crowd.receipts(), crowd.voids(), crowd.refusals());
      faults.print();
      Audit audit = new Audit(market, crowd.lanes(), DEPOSIT);
      audit.chain();
      audit.dispatcher(embedded);
      System.out.printf(
          "chaos: %d batches, %d tasks, %s units, %d s: all settled once, all accounted for%n",
          audit.batches(),
          crowd.receipts(),
          audit.total(),
          Duration.between(begun, Instant.now()).toSeconds());
      assertThat(crowd.receipts()).isEqualTo(plan.tasks());
    }
  }

  private List<User> users() {
    ChainClient chain = market.chain();
    Token token = new Token(chain, market.addresses());
    TransactionSender governance = new TransactionSender(chain, Account.GOVERNANCE.key());
    List<User> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      SigningKey key = SigningKey.generate(random);
      governance.transfer(key.address(), ETHER);
      token.mint(governance, key.address(), DEPOSIT);
      User user = market.user(key);
      user.depositAndAllow(0, DEPOSIT, Instant.now().plus(Duration.ofDays(1)));
      users.add(user);
    }
    return users;
  }

  private Published echo() throws IOException {
    byte[] wasm = Files.readAllBytes(Installation.current().examples().resolve("noop/noop.wasm"));
    return market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named("echo"));
  }

  /** One strike after the other, spread over the tasks: each falls upon its share of them. */
  private void disturb(Crowd crowd, Faults faults) throws IOException {
    List<List<Faults.Fault>> strikes = plan.strikes(random);
    // A node that was just started knows too few blocks to undo some: then it is tried again later.
    int share = plan.tasks() / (strikes.size() + plan.reorganisations());
    for (int done = 0; !strikes.isEmpty(); done++) {
      List<Faults.Fault> strike = strikes.removeFirst();
      crowd.allow(share);
      faults.awaitMoment(BATCH_TASKS, done * share, crowd);
      System.out.printf(
          "chaos: %4d s, %5d tasks, %d to come: %s%n",
          Duration.between(begun, Instant.now()).toSeconds(),
          crowd.receipts(),
          strikes.size(),
          strike);
      for (Faults.Fault missed : faults.strike(strike)) {
        strikes.add(List.of(missed));
      }
    }
  }

  /** How much happens. */
  private record Plan(
      int tasks, int dispatcherKills, int nodeKills, int storeKills, int reorganisations) {
    private static final int TASKS = 10_000;

    /** In proportion to the tasks, of which a shorter run has fewer. */
    static Plan chosen() {
      int tasks = Integer.getInteger("teex.chaos.tasks", TASKS);
      return new Plan(
          tasks,
          Math.ceilDiv(50 * tasks, TASKS),
          Math.ceilDiv(20 * tasks, TASKS),
          Math.ceilDiv(10 * tasks, TASKS),
          Math.ceilDiv(20 * tasks, TASKS));
    }

    /** All faults in a random order; now and then two strike together. */
    List<List<Faults.Fault>> strikes(SplittableRandom random) {
      List<Faults.Fault> all = new ArrayList<>();
      add(all, dispatcherKills, Faults.Fault.DISPATCHER);
      add(all, nodeKills, Faults.Fault.NODE);
      add(all, storeKills, Faults.Fault.STORE);
      add(all, reorganisations, Faults.Fault.REORGANISATION);
      for (int i = all.size() - 1; i > 0; i--) {
        Collections.swap(all, i, random.nextInt(i + 1));
      }
      List<List<Faults.Fault>> strikes = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        boolean two = i + 1 < all.size() && all.get(i) != all.get(i + 1) && random.nextInt(4) == 0;
        strikes.add(two ? List.of(all.get(i), all.get(++i)) : List.of(all.get(i)));
      }
      return strikes;
    }

    private static void add(List<Faults.Fault> all, int times, Faults.Fault fault) {
      for (int i = 0; i < times; i++) {
        all.add(fault);
      }
    }
  }
}
