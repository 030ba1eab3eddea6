package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Finality;
import io.teex.chain.Outbox;
import io.teex.chain.Permit;
import io.teex.chain.Sending;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Order;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.teeds.testing.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of requests and batches on a real chain that is reorganised up to five deep. */
class ReorganisationTest {
  private static final Sending SENDING = Sending.of(Finality.NONE, 500, Duration.ofSeconds(20));

  private final InMemoryStore disk = new InMemoryStore();
  private final Outbox outbox = Outbox.inMemory();
  private Anvil anvil;
  private ChainClient client;
  private LiveMarket market;
  private SigningKey user;
  private Permit permit;
  private Order order;

  @BeforeEach
  void start() {
    anvil = Anvil.start(LiveMarket.anvil(), 0, Optional.empty());
    client = ChainClient.connect(anvil.endpoint());
    market = new LiveMarket(client, new SplittableRandom(3));
    user = market.user(1_000_000);
    market.mint(user, 5_000);
    order = market.order(user).dispatcher(Address.ZERO).sequence(0).build();
    permit =
        new Token(client, market.addresses)
            .permit(
                user,
                market.addresses.settlement(),
                Amount.of(5_000),
                client.head().time() + 3_600);
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
      anvil.close();
    }
  }

  private Dispatcher open(Finality counts) {
    return market.open(
        client,
        disk,
        outbox,
        new Sending(counts, SENDING.feeMax(), SENDING.bumpAfter(), SENDING.patience()));
  }

  private TaskId place() {
    market.settlement.request(
        new TransactionSender(client, user),
        user.sign(market.addresses.domain(), order),
        "sealed input",
        permit);
    return order.id(market.addresses.domain());
  }

  private void mine(int blocks) {
    for (int block = 0; block < blocks; block++) {
      client.development("evm_mine");
    }
  }

  private void reorganise(int depth) {
    client.development("anvil_reorg", depth, List.of());
  }

  /** Asks for the newest block, too: the one that was known may have been undone. */
  private static void poll(Dispatcher dispatcher) {
    dispatcher.requests().poll();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void aRequestThatIsUndoneBeforeAWorkerHasItIsForgottenAndTakenWhenItComesBack(int depth) {
    mine(5);
    try (Dispatcher dispatcher = open(Finality.NONE)) {
      TaskId id = place();
      mine(depth - 1);
      poll(dispatcher);
      assertThat(dispatcher.ledger().find(id)).isPresent();

      reorganise(depth);
      poll(dispatcher);
      assertThat(dispatcher.ledger().find(id)).isEmpty();

      assertThat(place()).isEqualTo(id);
      market.join(dispatcher);
      poll(dispatcher);
      LiveMarket.Assigned assigned = market.assigned.getFirst();
      market.complete(dispatcher, assigned.task(), assigned.attempt());
      dispatcher.settler().settle();
    }

    assertThat(market.settlement.balance(user.address())).isEqualTo(Amount.of(5_000 - 1_224));
    assertThat(market.isConserved(List.of(user))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void aBatchThatIsUndoneIsSettledAgainAndOnce(int depth) {
    mine(5);
    try (Dispatcher dispatcher = open(Finality.NONE)) {
      market.join(dispatcher);
      for (int sequence = 1; sequence <= depth; sequence++) {
        market.execute(dispatcher, user, market.order(user).sequence(sequence).build());
        dispatcher.settler().settle();
      }
      reorganise(depth);
      dispatcher.settler().poll();
      market.execute(dispatcher, user, market.order(user).sequence(depth + 1).build());
      dispatcher.settler().settle();
    }

    Settlement.Allowance allowance =
        market.settlement.allowance(user.address(), market.dispatcherKey.address(), 0);
    assertThat(allowance.settledSequence()).isEqualTo(depth + 1);
    assertThat(allowance.remaining()).isEqualTo(Amount.of(1_000_000 - 1_224L * (depth + 1)));
    assertThat(market.settlement.batches(market.dispatcherKey.address(), 0, client.blockNumber()))
        .extracting(Settlement.Settled::number)
        .doesNotHaveDuplicates()
        .hasSize(depth + 1);
    assertThat(market.isConserved(List.of(user))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void whatIsUndoneBeforeItCountsIsNeverSeen(int depth) {
    mine(6);
    try (Dispatcher dispatcher = open(new Finality.Depth(5))) {
      TaskId id = place();
      mine(depth - 1);
      poll(dispatcher);
      reorganise(depth);
      mine(10);
      poll(dispatcher);
      assertThat(dispatcher.ledger().find(id)).isEmpty();

      place();
      mine(5);
      poll(dispatcher);
      assertThat(dispatcher.ledger().find(id)).isPresent();
    }
  }
}
