package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Bytes;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How many orders a core can take and settle: the dispatcher's own work, measured in CPU time so
 * that a busy machine changes it little, without network, store and chain. The aim is 200 orders/s;
 * the assertion only finds a collapse, since a cold JVM is far below that.
 */
class ThroughputTest {
  private static final int USERS = 20;
  private static final int ROUNDS = 4;
  private static final int TASKS = 5;

  @Test
  void tellsHowManyOrdersACoreTakes() {
    try (TestMarket market = new TestMarket()) {
      FakeWorker worker = market.joinedWorker("w1", 1_000);
      List<SigningKey> users = new ArrayList<>();
      for (int i = 0; i < USERS; i++) {
        SigningKey user = SigningKey.generate(market.random);
        market.allow(user, 0, 10_000_000);
        users.add(user);
      }
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        best = Math.max(best, round(market, worker, users, round));
      }

      System.out.printf("figures: %.0f orders and receipts per second of CPU%n", best);
      assertThat(best).isGreaterThan(50);
    }
  }

  private static double round(
      TestMarket market, FakeWorker worker, List<SigningKey> users, int round) {
    long cpu = 0;
    for (int i = 1; i <= TASKS; i++) {
      for (SigningKey user : users) {
        Order order = market.order(user).sequence((long) round * TASKS + i).build();
        Signed<Order> signed = user.sign(TestMarket.DOMAIN, order);
        long began = cpu();
        Task task = market.submit(signed, Bytes.EMPTY);
        cpu += cpu() - began;
        Signed<Receipt> receipt = worker.sign(market.receipt(worker, task, Outcome.COMPLETED, 1));
        long went = cpu();
        market.complete(receipt);
        cpu += cpu() - went;
      }
    }
    long began = cpu();
    market.dispatcher.settler().settle();
    cpu += cpu() - began;
    market.port.refresh();
    return TASKS * USERS / (cpu / 1e9);
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
