package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Demands;
import io.teex.chain.DevAccounts;
import io.teex.chain.FileOutbox;
import io.teex.chain.Sending;
import io.teex.chain.Stakes;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.chain.testing.BrokenMarket;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose dispatcher does not settle, on a real chain: it gets its pay by itself. */
@Timeout(60)
class ChainForumTest {
  private static final long PAY = 500;
  private static final Amount LENT = Amount.of(1_000);

  @TempDir private Path directory;
  private final SplittableRandom random = new SplittableRandom(12);
  private final SigningKey owner = DevAccounts.key(7);
  private BrokenMarket market;
  private Demands demands;
  private Address user;

  @BeforeEach
  void start() {
    market = new BrokenMarket(AnvilBinary.find(), random);
    demands = new Demands(market.chain, market.addresses);
    market.mint(owner.address(), demands.terms().bond());
    SigningKey key = market.user(LENT);
    user = key.address();
    market.settlement.allow(
        new TransactionSender(market.chain, key),
        market.dispatcher.address(),
        0,
        LENT,
        market.inADay());
  }

  @AfterEach
  void stop() {
    if (market != null) {
      market.close();
    }
  }

  /** A worker's process: what it knows is on its disk and on the chain. */
  private Claimant process() {
    WorkerLog log = new WorkerLog();
    TransactionSender sender =
        new TransactionSender(
            market.chain,
            TransactionSigner.of(owner),
            FileOutbox.open(
                directory.resolve("outbox"), market.addresses.domain(), owner.address()),
            Sending.STANDARD);
    return new Claimant(
        ClaimBook.open(directory.resolve("claims"), market.addresses.domain(), log),
        new ChainForum(sender, market.addresses),
        new Claimant.Limits(1, Amount.ZERO),
        log);
  }

  /** What a worker holds that signed for `payee`. */
  private Claim kept(Address payee, long sequence) throws IOException {
    Claim claim =
        new Claims(market.addresses.domain(), market.dispatcher, payee, random)
            .of(new Claim.Place(user, 0, sequence, 0), PAY, market.chain.head().time() + 60);
    ClaimBook.open(directory.resolve("claims"), market.addresses.domain(), new WorkerLog())
        .keep(claim);
    return claim;
  }

  private void becomeDue() {
    market.pass(Duration.ofSeconds(60 + demands.terms().grace() + 1));
  }

  private Demands.State state(Claim claim) {
    return demands.demand(claim.id()).state();
  }

  @Test
  void aWorkerGetsItsPayAndItsBondWhateverProcessDemandsThem() throws IOException {
    Claim claim = kept(owner.address(), 1);
    becomeDue();

    process().poll();
    assertThat(state(claim)).isEqualTo(Demands.State.OPEN);
    process().poll();
    market.pass(Duration.ofSeconds(demands.terms().answerTime() + 1));
    Claimant last = process();
    last.poll();
    last.poll();

    assertThat(state(claim)).isEqualTo(Demands.State.WON);
    assertThat(market.tokens(owner.address()))
        .as("its pay and its bond, collected")
        .isEqualTo(demands.terms().bond().plus(Amount.of(PAY)));
    assertThat(market.settlement.batchChain(market.dispatcher.address()).frozen()).isTrue();
    assertThat(new Stakes(market.chain, market.addresses).bonded(market.dispatcher.address()))
        .as("taken once")
        .isEqualTo(BrokenMarket.STAKE.minus(Amount.of(PAY)));
  }

  @Test
  void whatABatchSettledIsNotDemanded() throws IOException {
    Claim claim = kept(market.accomplice, 1);
    market.take(user, 0, 1, Amount.of(PAY));
    becomeDue();

    Claimant claimant = process();
    claimant.poll();
    market.pass(market.settlement.period().multipliedBy(3));
    claimant.poll();

    assertThat(state(claim)).isEqualTo(Demands.State.NONE);
    assertThat(market.tokens(owner.address())).isEqualTo(demands.terms().bond());
  }

  @Test
  void whatABatchVoidedThoughItWasAcknowledgedIsDemanded() throws IOException {
    Claim claim = kept(owner.address(), 1);
    market.take(user, 0, 1, Amount.of(PAY));
    becomeDue();

    process().poll();

    assertThat(state(claim)).as("the batch credits somebody else").isEqualTo(Demands.State.OPEN);
  }

  @Test
  void aRequestThatNobodySettledIsDemandedToo() throws IOException {
    Claim claim = kept(owner.address(), 0);
    becomeDue();

    process().poll();

    assertThat(state(claim)).isEqualTo(Demands.State.OPEN);
  }
}
