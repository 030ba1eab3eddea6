package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.dispatcher.testing.FaultyStore;
import io.teex.dispatcher.testing.FaultyStore.Aftermath;
import io.teex.dispatcher.testing.FaultyStore.Moment;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One story of orders, receipts, requests and batches, told again and again: each time the store
 * breaks at another write, before or after it happened, and the process lives on or is killed.
 * Users and workers then do what they always do, which is to repeat what was not answered. In the
 * end everybody has what she would have without the failure.
 */
class CrashTest {
  private static final int ORDERS = 3;

  @ParameterizedTest
  @CsvSource({
    "BEFORE_THE_WRITE, DISTURBED",
    "AFTER_THE_WRITE, DISTURBED",
    "BEFORE_THE_WRITE, DEAD",
    "AFTER_THE_WRITE, DEAD"
  })
  void endsTheSameWhereverTheStoreBreaks(Moment moment, Aftermath aftermath) {
    Map<Address, Amount> undisturbed;
    try (Story story = new Story()) {
      story.tell();
      undisturbed = story.end();
    }
    boolean failed = true;
    for (long write = 1; failed; write++) {
      try (Story story = new Story()) {
        FaultyStore store = new FaultyStore(story.market.disk, write, moment, aftermath);
        story.breakWith(store);

        story.tell();

        assertThat(story.end())
            .as("write %d, %s, %s", write, moment, aftermath)
            .isEqualTo(undisturbed);
        failed = store.failed();
      }
    }
  }

  private static final class Story implements AutoCloseable {
    private static final int PATIENCE = 20;

    private final TestMarket market = new TestMarket();
    private final FakeWorker worker = market.worker("w1");
    private final SigningKey second = SigningKey.generate(market.random);
    private final SigningKey sessionKey = SigningKey.generate(market.random);
    private final Map<Bytes32, Receipt> receipts = new HashMap<>();

    Story() {
      market.allow(second, 5, 50_000);
    }

    /** The first process meets the failure; the next ones, if any, do not. */
    void breakWith(FaultyStore store) {
      market.dispatcher.close();
      reopen(() -> market.open(store));
    }

    private void reopen(Supplier<Dispatcher> opening) {
      try {
        market.dispatcher = opening.get();
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        market.dispatcher = market.open(market.disk);
      }
      market.join(worker, 100);
    }

    void tell() {
      market.join(worker, 100);
      List<Signed<Order>> orders = new ArrayList<>();
      for (int sequence = 1; sequence <= ORDERS; sequence++) {
        orders.add(market.user.sign(TestMarket.DOMAIN, market.order().sequence(sequence).build()));
      }
      Signed<Order> bySession =
          sessionKey.sign(TestMarket.DOMAIN, market.order(second).lane(5).build());
      Signed<Order> onChain =
          market.user.sign(
              TestMarket.DOMAIN,
              market
                  .order()
                  .dispatcher(Address.ZERO)
                  .sequence(0)
                  .deadline(market.clock.seconds() + 900)
                  .build());
      market.chain.request(onChain, "cid");

      orders.forEach(order -> execute(order, Bytes.EMPTY));
      execute(bySession, session());
      persist(() -> market.dispatcher.settler().settle());
      persist(() -> request(onChain));
      Signed<Order> trapped =
          market.user.sign(TestMarket.DOMAIN, market.order().sequence(ORDERS + 1).build());
      execute(trapped, Bytes.EMPTY);
      persist(() -> market.dispatcher.settler().settle());
    }

    private void execute(Signed<Order> order, Bytes session) {
      Task task = persist(() -> market.submit(order, session));
      persist(() -> {
        Task now = market.submit(order, session);
        Receipt receipt = receipts.get(task.id().value());
        // A worker repeats the receipt that it has; a new lease means new work.
        if (now.state() instanceof TaskState.Leased(Attempt attempt)
            && (receipt == null || receipt.attempt() != attempt.number())) {
          receipt = market.receipt(worker, now, Outcome.COMPLETED, 2_500_000);
          receipts.put(task.id().value(), receipt);
        }
        return market.complete(worker, Objects.requireNonNull(receipt));
      });
    }

    /** Polls as the dispatcher's own loop does, and lets the worker hand its receipt in. */
    private Receipt request(Signed<Order> order) {
      TaskId id = order.value().id(TestMarket.DOMAIN);
      market.port.refresh();
      market.dispatcher.requests().poll();
      if (market.dispatcher.ledger().findSettled(id).isPresent()) {
        return Objects.requireNonNull(receipts.get(id.value()));
      }
      Task task =
          market
              .dispatcher
              .ledger()
              .find(id)
              .orElseThrow(() -> new TeexException(ErrorCode.UNAVAILABLE, "it is not taken yet"));
      if (task.state() instanceof TaskState.Leased) {
        receipts.put(id.value(), market.receipt(worker, task, Outcome.COMPLETED, 4_000_000));
      }
      Receipt receipt = receipts.get(id.value());
      if (receipt == null) {
        throw new TeexException(ErrorCode.UNAVAILABLE, "no worker has it yet");
      }
      market.complete(worker, receipt);
      return receipt;
    }

    /** Repeats until it is answered; a process that does not answer any more is started anew. */
    private <T> T persist(Supplier<T> step) {
      for (int tries = 0; tries < PATIENCE; tries++) {
        try {
          return step.get();
        } catch (TeexException e) {
          assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.UNAVAILABLE);
          if (tries > 1) {
            market.dispatcher.close();
            reopen(() -> market.open(market.disk));
          }
        }
      }
      throw new AssertionError("no answer after %d tries".formatted(PATIENCE));
    }

    /** What everybody has in the end. */
    Map<Address, Amount> end() {
      market.port.refresh();
      assertThat(market.chain.isConserved()).isTrue();
      market.dispatcher.close();
      market.dispatcher = market.open(market.disk);
      assertThat(market.dispatcher.ledger().tasks()).isEmpty();
      assertThat(market.dispatcher.batches().underWay()).isEmpty();
      assertThat(market.locked(market.user, 0)).isEqualTo(Amount.ZERO);
      assertThat(market.locked(second, 5)).isEqualTo(Amount.ZERO);
      assertThat(market.dispatcher.batches().landed().tasks()).isEqualTo(ORDERS + 3);
      return Map.of(
          market.user.address(),
          market.free(market.user, 0),
          second.address(),
          market.free(second, 5),
          worker.payout(),
          market.chain.credit(worker.payout()),
          TestMarket.PROVIDER,
          market.chain.credit(TestMarket.PROVIDER),
          TestMarket.DISPATCHER_PAYEE,
          market.chain.credit(TestMarket.DISPATCHER_PAYEE),
          Address.ZERO,
          market.chain.refund(market.user.address()));
    }

    private Bytes session() {
      Session session =
          new Session(
              second.address(),
              sessionKey.address(),
              market.key.address(),
              5,
              Amount.of(1_500),
              Amount.of(1_000),
              List.of(),
              market.clock.seconds() + 7_200,
              FakeWorker.named("session"));
      return Bytes.of(second.sign(TestMarket.DOMAIN, session).encode());
    }

    @Override
    public void close() {
      market.close();
    }
  }
}
