package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.teeds.Entry;
import io.teex.teeds.KeyRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForgettingTest {
  private static final Duration KEEP = TestMarket.settings().orders().keep();

  private final TestMarket market = new TestMarket();
  private final FakeWorker worker = market.joinedWorker("w1", 500);

  @AfterEach
  void close() {
    market.close();
  }

  private Task settled(long sequence) {
    Task task = market.submit(market.order().sequence(sequence));
    market.complete(worker, task);
    market.dispatcher.settler().settle();
    market.port.refresh();
    return task;
  }

  private void later(Duration time) {
    market.clock.advance(time);
    market.join(worker, 500);
    market.allow(market.user, 0, 1_000);
    market.dispatcher.ledger().forget();
  }

  private List<Bytes> keys(String prefix) {
    List<Bytes> keys = new ArrayList<>();
    market.disk.forEach(
        KeyRange.prefix(Bytes.of(prefix.getBytes(StandardCharsets.US_ASCII))),
        (Entry entry) -> keys.add(entry.key()));
    return keys;
  }

  @Test
  void aSettledTaskCanBeAskedForAsLongAsItIsKept() throws InterruptedException {
    Task task = settled(1);

    later(KEEP);
    assertThat(market.dispatcher.results().await(task.id(), Duration.ZERO).state())
        .isEqualTo("settled");
    later(Duration.ofSeconds(1));

    refused(ErrorCode.NOT_FOUND, () -> market.dispatcher.results().await(task.id(), Duration.ZERO));
  }

  @Test
  void nothingOfAForgottenTaskIsLeft() {
    for (int sequence = 1; sequence <= 120; sequence++) {
      settled(sequence);
    }
    assertThat(keys("done/")).hasSize(120);

    later(KEEP.plusSeconds(1));

    assertThat(keys("done/")).isEmpty();
    assertThat(keys("forget/")).isEmpty();
    assertThat(keys("task/")).isEmpty();
  }

  @Test
  void aForgottenTaskIsNeitherTakenNorSettledAgain() {
    Task task = settled(1);
    Receipt receipt = market.receipt(worker, task, Outcome.COMPLETED, 3_000_000);
    Amount paid = market.chain.credit(worker.payout());
    later(KEEP.plusSeconds(1));
    market.restart();
    market.join(worker, 500);

    refused(ErrorCode.ORDER_EXPIRED, () -> market.submit(task.order(), Bytes.EMPTY));
    refused(ErrorCode.SEQUENCE_REUSED, () -> market.submit(market.order().salt("other")));
    refused(ErrorCode.NOT_FOUND, () -> market.complete(worker, receipt));

    assertThat(market.dispatcher.settler().settle()).isEmpty();
    assertThat(market.chain.credit(worker.payout())).isEqualTo(paid);
    assertThat(market.submit(market.order().sequence(2)).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void aForgottenRequestIsNotTakenAgain() {
    Signed<Order> order =
        market.user.sign(
            TestMarket.DOMAIN, market.order().dispatcher(Address.ZERO).sequence(0).build());
    market.chain.request(order, "sealed input");
    market.dispatcher.requests().poll();
    Task task = market.find(order.value().id(TestMarket.DOMAIN));
    market.complete(worker, task);
    market.dispatcher.settler().settle();
    later(KEEP.plusSeconds(1));

    market.dispatcher.requests().poll();
    market.restart();
    market.join(worker, 500);
    market.dispatcher.requests().poll();

    assertThat(keys("done/")).isEmpty();
    assertThat(market.dispatcher.ledger().tasks()).isEmpty();
    assertThat(market.assigned).hasSize(1);
  }

  @Test
  void whatIsNotSettledIsNeverForgotten() {
    Task task = market.submit(market.order());
    market.complete(worker, task);

    later(KEEP.multipliedBy(3));

    assertThat(market.dispatcher.ledger().find(task.id())).isPresent();
  }
}
