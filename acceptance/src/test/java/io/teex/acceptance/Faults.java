package io.teex.acceptance;

import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.market.EmbeddedMarket;
import io.teex.protocol.Address;
import io.teex.protocol.TeexException;
import io.teex.sdk.Market;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What befalls a market of real processes, and when; it keeps count. */
final class Faults implements AutoCloseable {
  /** What can happen. */
  enum Fault {
    DISPATCHER,
    NODE,
    STORE,
    REORGANISATION
  }

  private static final int DEPTH_MAX = 5;
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern LANDED = Pattern.compile("batch (\\d+) settled ");
  private static final Duration POLL = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EmbeddedMarket market;
  private final RandomGenerator random;
  private final ChainClient chain;
  private final Settlement settlement;
  private final Address dispatcher;
  private final Path state;
  private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
  private final int[] depths = new int[DEPTH_MAX + 1];
  private int together;
  private int betweenChainAndBooks;
  private int undoneByReorganisation;
  private int undoneByPowerCut;
  private long deepestLoss;
  private int torn;

  Faults(EmbeddedMarket market, Market file, RandomGenerator random) throws IOException {
    this.market = market;
    this.random = random;
    this.chain = ChainClient.connect(market.chainRpc());
    this.settlement = new Settlement(chain, file.addresses());
    this.dispatcher = file.file().dispatchers().getFirst().address();
    this.state = market.directory().resolve("chain").resolve("state.json");
  }

  /** Puts what is on the chain now below anything that is undone later, and onto the disk. */
  void awaitAllKept() {
    for (int block = 0; block <= DEPTH_MAX; block++) {
      chain.development("evm_mine");
    }
    // A write that is under way may have begun before.
    awaitWrite();
    awaitWrite();
  }

  private void awaitWrite() {
    long before = written();
    await("the chain's state is written", () -> written() != before);
  }

  private long written() {
    try {
      return Files.exists(state) ? Files.getLastModifiedTime(state).toMillis() : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Waits for a random moment, mostly one in which a batch is under way: it has just been mined, or
   * so many receipts are there that it is about to be made.
   *
   * @param tasks that are done before
   */
  void awaitMoment(int batchTasks, int tasks, Crowd crowd) {
    await("tasks are done", crowd, () -> crowd.receipts() >= tasks || crowd.isOver());
    if (random.nextInt(3) == 0) {
      int waiting = 1 + random.nextInt(batchTasks + batchTasks / 4);
      int done = crowd.receipts();
      await("tasks are done", crowd, () -> crowd.receipts() >= done + waiting || crowd.isIdle());
    } else {
      long batch = batchOnChain();
      await("a batch is mined", crowd, () -> batchOnChain() > batch || crowd.isOver());
      // So many answers of the node later it is read by the dispatcher, its tasks are filed, …
      for (int answers = random.nextInt(24); answers > 0; answers--) {
        batchOnChain();
      }
    }
  }

  private long batchOnChain() {
    return settlement.batchChain(dispatcher).number();
  }

  /**
   * Lets faults happen at once, and starts what they ended.
   *
   * @return what could not happen: a node that was just started does not know the states before
   */
  List<Fault> strike(List<Fault> faults) throws IOException {
    List<Fault> missed = new ArrayList<>();
    byte[] kept = faults.contains(Fault.NODE) ? wholeState() : new byte[0];
    long head = chain.blockNumber();
    long batch = batchOnChain();
    if (faults.contains(Fault.DISPATCHER)) {
      market.kill("dispatcher");
    }
    if (faults.contains(Fault.STORE)) {
      market.kill("teeds");
    }
    if (faults.contains(Fault.NODE)) {
      market.kill("chain");
      restoreIfTorn(kept);
      market.restart("chain");
      deepestLoss = Math.max(deepestLoss, head - chain.blockNumber());
      undoneByPowerCut += (int) Math.max(0, batch - batchOnChain());
    }
    if (faults.contains(Fault.REORGANISATION) && !reorganise()) {
      missed.add(Fault.REORGANISATION);
    }
    if (faults.contains(Fault.STORE)) {
      market.restart("teeds");
    }
    if (faults.contains(Fault.DISPATCHER)) {
      betweenChainAndBooks += batch > batchInBooks() ? 1 : 0;
      market.restart("dispatcher");
    }
    faults.stream()
        .filter(fault -> !missed.contains(fault))
        .forEach(fault -> struck.merge(fault, 1, Integer::sum));
    together += faults.size() - missed.size() > 1 ? 1 : 0;
    return missed;
  }

  private boolean reorganise() {
    int depth = 1 + random.nextInt(DEPTH_MAX);
    long before = batchOnChain();
    try {
      chain.development("anvil_reorg", depth, List.of());
    } catch (TeexException e) {
      return false;
    }
    undoneByReorganisation += (int) Math.max(0, before - batchOnChain());
    depths[depth]++;
    return true;
  }

  /** The last batch that the dispatcher wrote it had filed. */
  private long batchInBooks() throws IOException {
    Matcher landed = LANDED.matcher(Files.readString(market.process("dispatcher").log()));
    long last = 0;
    while (landed.find()) {
      last = Long.parseLong(landed.group(1));
    }
    return last;
  }

  /** Anvil writes its file in place, so a kill may leave half of it, from which nothing starts. */
  private byte[] wholeState() throws IOException {
    while (true) {
      byte[] read = Files.readAllBytes(state);
      if (isWhole(read)) {
        return read;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private void restoreIfTorn(byte[] kept) throws IOException {
    if (!isWhole(Files.readAllBytes(state))) {
      Files.write(state, kept);
      torn++;
    }
  }

  private static boolean isWhole(byte[] json) {
    try {
      return !JSON.readTree(new String(json, StandardCharsets.UTF_8)).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }

  private static void await(String what, Crowd crowd, BooleanSupplier condition) {
    await(
        what,
        () -> {
          crowd.requireWell();
          return condition.getAsBoolean();
        });
  }

  private static void await(String what, BooleanSupplier condition) {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError("waited %s in vain until %s".formatted(PATIENCE, what));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private int count(Fault fault) {
    return struck.getOrDefault(fault, 0);
  }

  void print() {
    System.out.printf(
        "chaos: SIGKILL for the dispatcher %d times (%d between a batch on the chain and in the books), the node %d (%d batches lost, up to %d blocks deep; %d torn files replaced), TEE-DS %d%n",
        count(Fault.DISPATCHER),
        betweenChainAndBooks,
        count(Fault.NODE),
        undoneByPowerCut,
        deepestLoss,
        torn,
        count(Fault.STORE));
    System.out.printf(
        "chaos: %d reorganisations (1 to 5 deep: %d, %d, %d, %d, %d; %d batches undone); %d times two faults at once%n",
        count(Fault.REORGANISATION),
        depths[1],
        depths[2],
        depths[3],
        depths[4],
        depths[5],
        undoneByReorganisation,
        together);
  }

  @Override
  public void close() {
    chain.close();
  }
}
