package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.teex.chain.TransactionSender;
import io.teex.chain.testing.BrokenMarket;
import io.teex.protocol.Amount;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session's cap, kept by the chain. */
@Timeout(60)
class SessionLanesTest {
  private static final Amount CAP = Amount.of(1_000);

  @Test
  void aBrokenDispatcherTakesNoMoreThanTheCapOverSeveralBatches() {
    try (BrokenMarket market = new BrokenMarket(AnvilBinary.find(), new SplittableRandom(5))) {
      SigningKey user = market.user(Amount.of(10_000));
      TransactionSender sender = new TransactionSender(market.chain, user);
      SessionLanes lanes = new SessionLanes(market.settlement, new SplittableRandom(6));
      int lane = lanes.open(sender, market.dispatcher.address(), CAP, market.inADay());

      market.take(user.address(), lane, 1, Amount.of(600));
      assertThatExceptionOfType(TeexException.class)
          .isThrownBy(() -> market.take(user.address(), lane, 2, Amount.of(401)))
          .withMessageContaining("AllowanceExceeded");
      market.take(user.address(), lane, 2, Amount.of(400));

      assertThat(market.settlement.balance(user.address())).isEqualTo(Amount.of(9_000));
      assertThatExceptionOfType(TeexException.class)
          .isThrownBy(() -> market.take(user.address(), lane, 3, Amount.of(1)))
          .withMessageContaining("AllowanceExceeded");
    }
  }

  @Test
  void everySessionHasALaneOfItsOwn() {
    try (BrokenMarket market = new BrokenMarket(AnvilBinary.find(), new SplittableRandom(7))) {
      TransactionSender sender =
          new TransactionSender(market.chain, market.user(Amount.of(10_000)));
      int first = open(market, sender);
      int second = open(market, sender);

      assertThat(second).as("the numbers begin alike").isNotEqualTo(first);
      assertThat(
              market
                  .settlement
                  .allowance(sender.address(), market.dispatcher.address(), first)
                  .remaining())
          .isEqualTo(CAP);
    }
  }

  private static int open(BrokenMarket market, TransactionSender sender) {
    return new SessionLanes(market.settlement, new SplittableRandom(8))
        .open(sender, market.dispatcher.address(), CAP, market.inADay());
  }
}
