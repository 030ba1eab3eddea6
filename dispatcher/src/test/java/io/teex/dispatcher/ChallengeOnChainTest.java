package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Court;
import io.teex.chain.Finality;
import io.teex.chain.Outbox;
import io.teex.chain.Sending;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SigningKey;
import io.teex.teeds.testing.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract takes what a dispatcher shows of a long lane, and so would any node. */
@Timeout(120)
class ChallengeOnChainTest {
  private static final Sending SENDING = Sending.of(Finality.NONE, 500, Duration.ofMillis(200));
  private static final int TASKS = 110;

  /** What geth passes on, less what is around a call; anvil has no such limit. */
  private static final int POOL_BYTES_MAX = (128 << 10) - 300;

  @Test
  void answersForALongLaneInTransactionsThatNodesPassOn() {
    try (Anvil anvil = Anvil.start(LiveMarket.anvil(), 0, Optional.empty());
        ChainClient client = ChainClient.connect(anvil.endpoint())) {
      LiveMarket market = new LiveMarket(client, new SplittableRandom(13));
      market.acceptWorkers();
      SigningKey user = market.user(10_000_000);
      try (Dispatcher dispatcher =
          market.open(client, new InMemoryStore(), Outbox.inMemory(), SENDING)) {
        market.join(dispatcher);
        for (int sequence = 1; sequence <= TASKS; sequence++) {
          market.execute(dispatcher, user, market.order(user).sequence(sequence).build());
        }
        dispatcher.settler().settle();
        Court court = new Court(client, market.addresses);
        Court.Question question = challenge(market, court, user);
        long asked = client.blockNumber();

        while (court.challenge(question).state() == Court.State.OPEN) {
          dispatcher.advocate().poll(); // its view of the chain is a little behind
        }

        assertThat(court.challenge(question).state()).isEqualTo(Court.State.ANSWERED);
        List<Bytes32> answers =
            client.logs(court.address(), List.of(), asked + 1, client.blockNumber()).stream()
                .map(ChainClient.Log::transaction)
                .distinct()
                .toList();
        assertThat(answers).hasSizeGreaterThan(3);
        assertThat(answers)
            .allSatisfy(
                answer -> assertThat(client.input(answer).size()).isLessThan(POOL_BYTES_MAX));
      }
    }
  }

  private static Court.Question challenge(LiveMarket market, Court court, SigningKey user) {
    market.mint(user, court.bond().value().longValueExact());
    TransactionSender stranger = new TransactionSender(market.client, user);
    new Token(market.client, market.addresses).approve(stranger, court.address(), court.bond());
    Settlement.Settled settled =
        market
            .settlement
            .batches(market.dispatcherKey.address(), 0, market.client.blockNumber())
            .getFirst();
    assertThat(settled.count()).isEqualTo(TASKS);
    return court.challenge(
        stranger, market.settlement.open(market.client, settled), user.address(), 0);
  }
}
