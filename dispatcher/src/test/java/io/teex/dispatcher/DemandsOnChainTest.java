package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Demands;
import io.teex.chain.Finality;
import io.teex.chain.Outbox;
import io.teex.chain.Sending;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.teeds.testing.InMemoryStore;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker on a real chain asks for the pay of a receipt that a dispatcher acknowledged. */
@Timeout(60)
class DemandsOnChainTest {
  private static final Sending SENDING = Sending.of(Finality.NONE, 500, Duration.ofMillis(200));

  /** What the worker earns: 400 + 2 × 50. */
  private static final Amount PAY = Amount.of(500);

  private Anvil anvil;
  private ChainClient client;
  private LiveMarket market;
  private TransactionSender worker;
  private Demands demands;
  private Dispatcher dispatcher;

  /** What a worker holds when its task is done. */
  private record Done(Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {}

  @BeforeEach
  void start() {
    anvil = Anvil.start(LiveMarket.anvil(), 0, Optional.empty());
    client = ChainClient.connect(anvil.endpoint());
    market = new LiveMarket(client, new SplittableRandom(11));
    worker = new TransactionSender(client, market.workerAccount);
    demands = new Demands(client, market.addresses);
    dispatcher = market.open(client, new InMemoryStore(), Outbox.inMemory(), SENDING);
    market.join(dispatcher);
  }

  @AfterEach
  void stop() {
    dispatcher.close();
    client.close();
    anvil.close();
  }

  @Test
  void aWorkerThatIsNotPaidInTimeIsPaidOutOfTheStake() throws InterruptedException {
    Done done = done();
    Bytes32 receipt = done.receipt().value().hash(market.addresses.domain());
    Stakes stakes = new Stakes(client, market.addresses);
    Address key = market.dispatcherKey.address();
    Amount before = stakes.bonded(key);

    demand(done);
    pass(Duration.ofSeconds(demands.terms().answerTime() + 1));
    demands.enforce(worker, receipt);
    demands.collect(worker);

    assertThat(demands.demand(receipt).state()).isEqualTo(Demands.State.WON);
    assertThat(tokens(worker.address()))
        .as("its pay and its bond")
        .isEqualTo(PAY.plus(demands.terms().bond()));
    assertThat(stakes.bonded(key)).isEqualTo(before.minus(PAY));
    assertThat(market.settlement.batchChain(key).frozen()).isTrue();
  }

  @Test
  void aDispatcherThatSettlesLateShowsSoAndGetsTheBond() throws InterruptedException {
    Done done = done();
    Bytes32 receipt = done.receipt().value().hash(market.addresses.domain());
    Address key = market.dispatcherKey.address();

    demand(done);
    dispatcher.advocate().poll();
    assertThat(demands.demand(receipt).state()).isEqualTo(Demands.State.OPEN);
    Batch batch = dispatcher.settler().settle().getFirst().batch();
    while (demands.demand(receipt).state() == Demands.State.OPEN) {
      dispatcher.advocate().poll();
    }

    Demands.Demand answered = demands.demand(receipt);
    assertThat(answered.state()).isEqualTo(Demands.State.ANSWERED);
    assertThat(answered.settledIn()).isEqualTo(batch.hash(market.addresses.domain()));
    assertThat(demands.owed(key)).isEqualTo(Amount.ZERO);
    assertThat(tokens(TestMarket.DISPATCHER_PAYEE))
        .as("the bond, of the dispatcher's owner")
        .isEqualTo(demands.terms().bond());
    assertThat(demands.owed(worker.address())).isEqualTo(Amount.ZERO);
    assertThat(market.settlement.pending(worker.address())).isEqualTo(PAY);
    assertThat(market.settlement.batchChain(key).frozen()).isFalse();
  }

  private Done done() throws InterruptedException {
    SigningKey user = market.user(10_000);
    Task task =
        dispatcher
            .orders()
            .submit(
                user.sign(market.addresses.domain(), market.order(user).sequence(1).build()),
                Bytes.EMPTY);
    Signed<Receipt> receipt = market.receipt(task, TestMarket.attempt(task));
    return new Done(receipt, market.complete(dispatcher, receipt));
  }

  /** Waits until the worker may, and has it demand its pay. */
  private void demand(Done done) {
    long demandable = done.acknowledgement().value().settleBy() + demands.terms().grace() + 1;
    pass(Duration.ofSeconds(demandable - client.head().time()));
    Amount bond = demands.terms().bond();
    market.mint(market.workerAccount, bond.value().longValueExact());
    new Token(client, market.addresses).approve(worker, demands.address(), bond);
    demands.demand(worker, done.receipt(), done.acknowledgement());
  }

  private Amount tokens(Address account) {
    return new Token(client, market.addresses).balanceOf(account);
  }

  private void pass(Duration time) {
    client.development("evm_increaseTime", BigInteger.valueOf(time.toSeconds()));
    client.development("evm_mine");
  }
}
