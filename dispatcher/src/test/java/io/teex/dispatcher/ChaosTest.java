package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.ChainClient;
import io.teex.chain.FileOutbox;
import io.teex.chain.Finality;
import io.teex.chain.Sending;
import io.teex.chain.Settlement;
import io.teex.dispatcher.testing.FragileChain;
import io.teex.dispatcher.testing.Lifeline;
import io.teex.dispatcher.testing.MortalNode;
import io.teex.dispatcher.testing.MortalStore;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.teeds.testing.InMemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tasks are settled on a real chain while the dispatcher is killed at random steps, the node is
 * killed as by a power cut (which loses its newest blocks), and the chain is reorganised up to five
 * deep, all in the middle of what the dispatcher does. In the end every receipt is settled once and
 * no unit of money is missing. The dispatcher dies here at a step of its own, between any two
 * things that it says to node or store; {@code ./teex test --chaos} kills the processes of a whole
 * market.
 */
class ChaosTest {
  private static final int TASKS = 400;
  private static final int DISPATCHER_KILLS = 8;
  private static final int NODE_KILLS = 3;
  private static final int REORGANISATIONS = 4;
  private static final int USERS = 10;
  private static final long DEPOSIT = 100_000_000;

  /** 1,000 + 2 × 100, and 2 % of it. */
  private static final long FEE = 1_224;

  private static final int DEPTH_MAX = 5;
  private static final Sending SENDING = Sending.of(Finality.NONE, 500, Duration.ofSeconds(3));

  @TempDir Path directory;

  private final long seed = Long.getLong("teex.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final InMemoryStore disk = new InMemoryStore();
  private final Map<TaskId, Signed<Receipt>> receipts = new HashMap<>();
  private final AtomicInteger reorganised = new AtomicInteger();
  private final AtomicInteger nodeKills = new AtomicInteger();
  private int dispatcherKills;

  /** A block that nothing undoes; not the first, which anvil makes anew when it starts. */
  private BlockRef lasting = new BlockRef(0, Bytes32.ZERO);

  private FragileChain chain;
  private ChainClient client;
  private LiveMarket market;
  private MortalNode node;
  private ChainClient through;

  @BeforeEach
  void start() {
    chain = new FragileChain(LiveMarket.anvil(), directory.resolve("state.json"));
    client = ChainClient.connect(chain.endpoint());
    node = new MortalNode(chain.endpoint(), () -> {});
    through = ChainClient.connect(node.endpoint());
    market = new LiveMarket(client, random);
  }

  @AfterEach
  void stop() {
    if (chain != null) {
      through.close();
      node.close();
      client.close();
      chain.close();
    }
  }

  @Test
  void everyReceiptIsSettledOnceWhateverHappens() {
    System.out.printf("chaos: seed %d%n", seed);
    List<SigningKey> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      users.add(market.user(DEPOSIT));
    }
    ChainClient.Block head = client.head();
    lasting = new BlockRef(head.number(), head.hash());
    mine(DEPTH_MAX + 1);
    chain.awaitWritten();

    tell(users);

    assertSettled(users);
  }

  private void tell(List<SigningKey> users) {
    // More than there are deaths: some processes get to the end of their work.
    int rounds = Math.max(DISPATCHER_KILLS * 5 / 4, NODE_KILLS + REORGANISATIONS);
    int share = Math.ceilDiv(TASKS, rounds);
    for (int done = 0; done < TASKS || isLeft(); done += share) {
      List<Signed<Order>> orders =
          orders(users, Math.min(TASKS, done), Math.min(TASKS, done + share));
      disturb();
      if (dispatcherKills < DISPATCHER_KILLS) {
        Lifeline life = new Lifeline(1 + random.nextInt(orders.size() * 4 + 120));
        isSettledBy(life, orders);
        // Some end before their time, since the node was killed.
        dispatcherKills += life.isOver() ? 1 : 0;
      }
      while (!isSettledBy(Lifeline.endless(), orders)) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  private boolean isLeft() {
    return nodeKills.get() < NODE_KILLS
        || reorganised.get() < REORGANISATIONS
        || dispatcherKills < DISPATCHER_KILLS;
  }

  /** Each user's in the order of their sequences. */
  private List<Signed<Order>> orders(List<SigningKey> users, int from, int to) {
    List<Signed<Order>> orders = new ArrayList<>();
    for (int task = from; task < to; task++) {
      SigningKey user = users.get(task % USERS);
      orders.add(
          user.sign(
              market.addresses.domain(),
              market.order(user).block(lasting).sequence(1 + task / USERS).build()));
    }
    return orders;
  }

  /** Something happens to node or chain somewhere in the next requests. */
  private void disturb() {
    if (node.isDisturbancePending()) {
      return;
    }
    int when = 1 + random.nextInt(60);
    boolean kill = nodeKills.get() < NODE_KILLS;
    boolean reorganise = reorganised.get() < REORGANISATIONS;
    if (kill && (!reorganise || random.nextBoolean())) {
      node.disturb(when, this::killNode);
    } else if (reorganise) {
      int depth = 1 + random.nextInt(DEPTH_MAX);
      node.disturb(when, () -> reorganise(depth));
    }
  }

  private void killNode() {
    chain.killAndRestart();
    nodeKills.incrementAndGet();
  }

  private void reorganise(int depth) {
    try {
      client.development("anvil_reorg", depth, List.of());
      reorganised.incrementAndGet();
    } catch (TeexException e) {
      // Just after a restart it does not know the state of the blocks before: another time.
      mine(DEPTH_MAX);
    }
  }

  private void mine(int blocks) {
    for (int block = 0; block < blocks; block++) {
      client.development("evm_mine");
    }
  }

  /** A process of the dispatcher; false if it came to its end before all was settled. */
  private boolean isSettledBy(Lifeline life, List<Signed<Order>> orders) {
    node.serve(life);
    try (Dispatcher dispatcher =
        market.open(
            through,
            new MortalStore(disk, life),
            FileOutbox.open(
                directory.resolve("outbox"),
                market.addresses.domain(),
                market.dispatcherKey.address()),
            SENDING)) {
      market.join(dispatcher);
      dispatcher.settler().poll();
      for (Signed<Order> order : orders) {
        execute(dispatcher, order);
      }
      dispatcher.settler().settle();
      return dispatcher.ledger().tasks().isEmpty() && !life.isOver();
    } catch (TeexException e) {
      assertThat(e.code())
          .as("seed %d: %s", seed, e)
          .isIn(ErrorCode.UNAVAILABLE, ErrorCode.CHAIN_UNAVAILABLE);
      return false;
    } finally {
      node.serve(Lifeline.endless());
    }
  }

  /** What users and workers do: they repeat what was not answered. */
  private void execute(Dispatcher dispatcher, Signed<Order> order) {
    TaskId id = order.value().id(market.addresses.domain());
    if (dispatcher.ledger().findSettled(id).isPresent()) {
      return;
    }
    try {
      Task task = dispatcher.orders().submit(order, Bytes.EMPTY);
      if (task.state() instanceof TaskState.Leased(Attempt attempt)) {
        Signed<Receipt> receipt = receipts.get(id);
        if (receipt == null || receipt.value().attempt() != attempt.number()) {
          receipt = market.receipt(task, attempt);
          receipts.put(id, receipt);
        }
        market.complete(dispatcher, receipt);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertSettled(List<SigningKey> users) {
    System.out.printf(
        "chaos: dispatcher killed %d times, node %d times, %d reorganisations%n",
        dispatcherKills, nodeKills.get(), reorganised.get());
    for (int i = 0; i < USERS; i++) {
      int tasks = TASKS / USERS + (i < TASKS % USERS ? 1 : 0);
      Settlement.Allowance allowance =
          market.settlement.allowance(users.get(i).address(), market.dispatcherKey.address(), 0);
      assertThat(allowance.settledSequence()).as("seed %d", seed).isEqualTo(tasks);
      assertThat(allowance.remaining()).isEqualTo(Amount.of(DEPOSIT - FEE * tasks));
    }
    List<Settlement.Settled> batches =
        market.settlement.batches(market.dispatcherKey.address(), 0, client.blockNumber());
    assertThat(batches)
        .extracting(Settlement.Settled::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, batches.size()).boxed().toList());
    assertThat(batches.stream().mapToInt(Settlement.Settled::count).sum()).isEqualTo(TASKS);
    assertThat(market.isConserved(users)).as("seed %d", seed).isTrue();
    assertThat(dispatcherKills).isGreaterThanOrEqualTo(DISPATCHER_KILLS);
    assertThat(nodeKills.get()).isGreaterThanOrEqualTo(NODE_KILLS);
    assertThat(reorganised.get()).isGreaterThanOrEqualTo(REORGANISATIONS);
  }
}
