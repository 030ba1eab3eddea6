package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.teex.chain.Court;
import io.teex.chain.Proceeds;
import io.teex.chain.TransactionSender;
import io.teex.chain.testing.BrokenMarket;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user compares, on a real chain, what a broken dispatcher took. */
@Timeout(60)
class AuditTest {
  private static final Amount MONEY = Amount.of(5_000_000);

  private final Kept kept = new Kept();
  private BrokenMarket market;
  private SigningKey user;
  private TransactionSender sender;
  private Audit audit;

  /** What a client kept, as a test says. */
  private static final class Kept implements OrderRecords {
    private final List<OrderRecords.Kept> orders = new ArrayList<>();

    @Override
    public void signed(Signed<Order> order) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void executed(Order order, Signed<Receipt> receipt) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<OrderRecords.Kept> in(
        Address user, Address dispatcher, int lane, long after, long to) {
      return orders;
    }
  }

  @BeforeEach
  void start() {
    market = new BrokenMarket(AnvilBinary.find(), new SplittableRandom(9));
    user = market.user(MONEY);
    sender = new TransactionSender(market.chain, user);
    market.settlement.allow(
        sender, market.dispatcher.address(), 0, Amount.of(3_000), market.inADay());
    audit = new Audit(market.chain, market.addresses, kept);
  }

  @AfterEach
  void stop() {
    if (market != null) {
      market.close();
    }
  }

  @Test
  void theUserOfABrokenDispatcherGetsHerMoneyBack() {
    kept.orders.add(new OrderRecords.Kept(1, Amount.of(400), true));
    kept.orders.add(new OrderRecords.Kept(2, Amount.of(500), false));
    market.take(user.address(), 0, 2, Amount.of(901));
    Amount before = market.tokens(user.address());

    Audit.Finding finding = only();
    assertThat(finding.state()).isEqualTo(Audit.State.CHALLENGEABLE);
    assertThat(finding.words()).isEqualTo("takes 901, the orders kept here justify 900 at most");
    audit.pursue(sender, finding);
    assertThat(only().state()).isEqualTo(Audit.State.CHALLENGED);
    market.pass(Duration.ofSeconds(terms().answerTime() + 1));
    assertThat(only().state()).isEqualTo(Audit.State.UNANSWERED);
    audit.pursue(sender, only());

    assertThat(only().state()).isEqualTo(Audit.State.UNDONE);
    assertThat(market.settlement.balance(user.address()))
        .as("what the batch took is free again")
        .isEqualTo(MONEY.minus(Amount.of(3_000)).plus(Amount.of(901)));
    assertThat(market.settlement.pending(market.accomplice)).isEqualTo(Amount.ZERO);
    Proceeds.Due due = new Proceeds(market.chain, market.addresses).collect(sender);
    assertThat(due.challenges()).isEqualTo(terms().bond().plus(terms().rewardMax()));
    assertThat(market.tokens(user.address()))
        .as("her bond and a reward")
        .isEqualTo(before.plus(terms().rewardMax()));
    assertThat(market.settlement.batchChain(market.dispatcher.address()).frozen()).isTrue();
  }

  @Test
  void whatTheRecordsExplainIsLeftAlone() {
    kept.orders.add(new OrderRecords.Kept(1, Amount.of(400), true));
    kept.orders.add(new OrderRecords.Kept(2, Amount.of(500), false));
    market.take(user.address(), 0, 2, Amount.of(900));

    assertThat(only().state()).isEqualTo(Audit.State.JUSTIFIED);
    audit.pursue(sender, only());
    assertThat(only().state()).isEqualTo(Audit.State.JUSTIFIED);
  }

  @Test
  void saysWhenItIsTooLate() {
    market.take(user.address(), 0, 1, Amount.of(7));
    market.pass(Duration.ofSeconds(terms().window() + 1));

    assertThat(only().state()).isEqualTo(Audit.State.FINAL);
    assertThat(only().words())
        .isEqualTo(
            "takes 7, the orders kept here justify 0 at most;"
                + " no order is kept here for 1 of its 1 tasks");
  }

  @Test
  void aUserWithoutABondIsToldWhatItTakes() {
    SigningKey poor = market.user(Amount.of(10));
    TransactionSender poorSender = new TransactionSender(market.chain, poor);
    market.settlement.allow(
        poorSender, market.dispatcher.address(), 4, Amount.of(10), market.inADay());
    market.take(poor.address(), 4, 1, Amount.of(10));
    Audit.Finding finding = audit.of(poor.address(), market.dispatcher.address(), 0).getFirst();

    assertThatExceptionOfType(TeexException.class)
        .isThrownBy(() -> audit.pursue(poorSender, finding))
        .withMessageContaining("a bond of %s tokens".formatted(terms().bond()));
  }

  private Audit.Finding only() {
    List<Audit.Finding> findings = audit.of(user.address(), market.dispatcher.address(), 0);
    assertThat(findings).hasSize(1);
    return findings.getFirst();
  }

  private Court.Terms terms() {
    return new Court(market.chain, market.addresses).terms();
  }
}
