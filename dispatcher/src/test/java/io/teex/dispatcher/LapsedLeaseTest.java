package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Outcome;
import io.teex.protocol.SigningKey;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One user with a small deposit orders, and never shows up at a worker. */
class LapsedLeaseTest {
  private final TestMarket market = new TestMarket();
  private final FakeWorker worker = market.joinedWorker("w1", 8);

  @AfterEach
  void close() {
    market.close();
  }

  private Task order(long sequence) {
    return market.submit(market.order().sequence(sequence).deadline(deadline()));
  }

  private long deadline() {
    return market.clock.seconds() + 600;
  }

  private void lapse() {
    market.clock.advance(Duration.ofSeconds(31));
    market.join(worker, 8);
    market.dispatcher.sweeper().sweep();
  }

  @Test
  void occupiesNotAllWorkers() {
    order(1);
    order(2);

    refused(ErrorCode.NO_WORKER, () -> order(3));

    SigningKey other = SigningKey.generate(market.random);
    market.allow(other, 0, 5_000);
    assertThat(market.submit(other, market.order(other).build()).state())
        .isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void getsOneWorkerAtATimeOnceALeaseLapsed() {
    Task first = order(1);
    lapse();
    assertThat(market.find(first.id()).state()).isEqualTo(new TaskState.Queued(1));

    order(2);

    refused(ErrorCode.NO_WORKER, () -> order(3));
  }

  @Test
  void lapsesAlsoWhenTheDeadlineIsAsSoonAsTheLease() {
    market.submit(market.order().deadline(market.clock.seconds() + 20));
    lapse();

    order(2);

    refused(ErrorCode.NO_WORKER, () -> order(3));
  }

  @Test
  void isTrustedAgainAfterATaskThatItPaysFor() {
    order(1);
    lapse();
    market.complete(worker, order(2));

    order(3);

    assertThat(order(4).state()).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void isNotTrustedForTasksThatCostNothing() {
    order(1);
    lapse();
    Task free = order(2);
    market.complete(worker, market.receipt(worker, free, Outcome.ENGINE_FAILURE, 1));

    order(3);

    refused(ErrorCode.NO_WORKER, () -> order(4));
  }

  @Test
  void isNotBlamedForAWorkerThatFellSilent() {
    order(1);
    market.clock.advance(Duration.ofSeconds(31));
    market.dispatcher.sweeper().sweep();
    market.join(worker, 8);

    order(2);

    assertThat(order(3).state()).isInstanceOf(TaskState.Leased.class);
  }
}
