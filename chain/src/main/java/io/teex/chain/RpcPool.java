package io.teex.chain;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * JSON-RPC with whichever node of one chain answers, the preferred one first. Several nodes are
 * compared with each other every {@value #COMPARE_SECONDS} s, and those that are behind or tell
 * something else than most are left out until they agree again: one that lies alone is found out,
 * which proves nothing, since all may lie together. Every question may be asked twice; a
 * transaction that is sent twice is the same one.
 */
final class RpcPool implements AutoCloseable {
  static final int COMPARE_SECONDS = 10;

  /** How long a call waits for nodes that limit its rate. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** As deep as this below the lowest head nothing differs between honest nodes. */
  static final long SETTLED_DEPTH = 12;

  private static final Duration COMPARISON_TIMEOUT = Duration.ofSeconds(5);
  private static final int REVERTED = 3;

  private final List<PoolMember> members;
  private final ChainEndpoints endpoints;
  private final LongSupplier nanos;
  private final LongConsumer pause;
  private final ReentrantLock comparing = new ReentrantLock();
  private volatile boolean compared;
  private volatile long comparedAt;

  RpcPool(ChainEndpoints endpoints) {
    this(endpoints, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param nanos as {@link System#nanoTime()}
   * @param pause waits for so many nanoseconds
   */
  RpcPool(ChainEndpoints endpoints, LongSupplier nanos, LongConsumer pause) {
    this.endpoints = endpoints;
    this.members =
        endpoints.urls().stream()
            .map(url -> new PoolMember(new JsonRpc(url), endpoints.urls().size() == 1))
            .toList();
    this.nanos = nanos;
    this.pause = pause;
  }

  ChainEndpoints endpoints() {
    return endpoints;
  }

  /**
   * The result, which may be JSON's null.
   *
   * @throws RpcException if a node answered with an error, and no other with something else
   * @throws TeexException {@code CHAIN_UNAVAILABLE} with what each node said
   */
  JsonNode call(String method, Object... params) {
    return ask(rpc -> rpc.call(method, params));
  }

  /** Several calls in one round trip to one node; results in the order of the calls. */
  List<JsonNode> batch(List<JsonRpc.Call> calls) {
    return ask(rpc -> rpc.batch(calls));
  }

  private <T> T ask(Function<JsonRpc, T> question) {
    compareIfDue();
    long giveUp = nanos.getAsLong() + PATIENCE.toNanos();
    while (true) {
      Round<T> round = new Round<>();
      for (PoolMember member : candidates()) {
        if (round.isAnswered(member, question)) {
          return round.answer();
        }
      }
      long now = nanos.getAsLong();
      if (round.refusal != null) {
        throw round.refusal;
      }
      if (round.pause == Long.MAX_VALUE
          || now + round.pause - giveUp > 0
          || Thread.currentThread().isInterrupted()) {
        throw unavailable(round);
      }
      pause.accept(round.pause);
    }
  }

  /** Those that may be asked; those that failed a moment ago come last. */
  private List<PoolMember> candidates() {
    long now = nanos.getAsLong();
    List<PoolMember> agreeing =
        members.stream().filter(member -> member.fault().isEmpty()).toList();
    return Stream.concat(
            agreeing.stream().filter(member -> !member.isCold(now)),
            agreeing.stream().filter(member -> member.isCold(now)))
        .toList();
  }

  /** One question to one node after the other. */
  private final class Round<T> {
    private final List<String> said = new ArrayList<>();
    private @Nullable T answer;
    private @Nullable RpcException refusal;
    private @Nullable TeexException silence;
    private long pause = Long.MAX_VALUE;

    boolean isAnswered(PoolMember member, Function<JsonRpc, T> question) {
      long paused = member.paused(nanos.getAsLong());
      if (paused > 0) {
        pause = Math.min(pause, paused);
        said.add("the chain's RPC at %s limits the rate".formatted(member.shown()));
        return false;
      }
      try {
        answer = question.apply(member.rpc());
        member.worked();
        return true;
      } catch (RateLimited e) {
        member.pause(nanos.getAsLong(), e.pause());
        pause = Math.min(pause, e.pause().toNanos());
        said.add(String.valueOf(e.getMessage()));
      } catch (RpcException e) {
        member.worked();
        if (!mayDifferElsewhere(e)) {
          throw e;
        }
        refusal = refusal == null ? e : refusal;
      } catch (TeexException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        member.failed(nanos.getAsLong());
        silence = e;
        said.add(String.valueOf(e.getMessage()));
      }
      return false;
    }

    T answer() {
      if (answer == null) {
        throw new IllegalStateException("a question has no answer");
      }
      return answer;
    }
  }

  /** A revert is the same everywhere; that a block is not known may be one node's own trouble. */
  private static boolean mayDifferElsewhere(RpcException e) {
    return e.code() != REVERTED && e.data().length() < 10;
  }

  private TeexException unavailable(Round<?> round) {
    if (members.size() == 1 && round.silence != null) {
      return round.silence;
    }
    List<String> all = new ArrayList<>(round.said);
    members.stream()
        .filter(member -> !member.fault().isEmpty())
        .map(member ->
            "the chain's RPC at %s is left out, since it %s"
                .formatted(member.shown(), member.fault()))
        .forEach(all::add);
    return new TeexException(ErrorCode.CHAIN_UNAVAILABLE, String.join("; ", all));
  }

  /** One caller compares; the others go on with what was found before, if something was. */
  private void compareIfDue() {
    if (members.size() == 1 || !isDue()) {
      return;
    }
    if (compared) {
      if (!comparing.tryLock()) {
        return;
      }
    } else {
      comparing.lock();
    }
    try {
      if (isDue()) {
        compare();
        comparedAt = nanos.getAsLong();
        compared = members.stream().anyMatch(member -> member.fault().isEmpty());
      }
    } finally {
      comparing.unlock();
    }
  }

  private boolean isDue() {
    long every = Duration.ofSeconds(COMPARE_SECONDS).toNanos();
    return !compared || nanos.getAsLong() - comparedAt >= every;
  }

  private void compare() {
    Map<Integer, Sighting> seen = askAll(allPlaces(), this::look);
    Map<Integer, String> faults = new TreeMap<>(Sighting.faults(List.copyOf(seen.values())));
    List<Integer> alike = seen.keySet().stream().filter(node -> !faults.containsKey(node)).toList();
    long lowest = alike.stream().mapToLong(node -> head(seen, node)).min().orElse(0);
    long height = Math.max(0, lowest - SETTLED_DEPTH);
    faults.putAll(Sighting.forks(height, askAll(alike, node -> hash(node, height))));
    // Whoever did not answer is found out by the calls themselves.
    seen.keySet().forEach(node -> members.get(node).judge(faults.getOrDefault(node, "")));
  }

  private static long head(Map<Integer, Sighting> seen, int node) {
    Sighting sighting = seen.get(node);
    return sighting == null ? 0 : sighting.head();
  }

  private List<Integer> allPlaces() {
    return Stream.iterate(0, place -> place < members.size(), place -> place + 1).toList();
  }

  private Sighting look(int node) {
    List<JsonNode> answers =
        members
            .get(node)
            .rpc()
            .batch(
                List.of(
                    JsonRpc.Call.of("eth_chainId"),
                    JsonRpc.Call.of("eth_getBlockByNumber", Hex.quantity(0), false),
                    JsonRpc.Call.of("eth_blockNumber")),
                COMPARISON_TIMEOUT);
    return new Sighting(
        node,
        Hex.longNumber(answers.get(0).asString("")),
        Bytes32.fromHex(answers.get(1).path("hash").asString("")),
        Hex.longNumber(answers.get(2).asString("")));
  }

  private Bytes32 hash(int node, long height) {
    List<JsonNode> answers =
        members
            .get(node)
            .rpc()
            .batch(
                List.of(JsonRpc.Call.of("eth_getBlockByNumber", Hex.quantity(height), false)),
                COMPARISON_TIMEOUT);
    return Bytes32.fromHex(answers.getFirst().path("hash").asString(""));
  }

  /** What the nodes answer, by their places; without those that do not. */
  private static <T> Map<Integer, T> askAll(List<Integer> nodes, Function<Integer, T> question) {
    Map<Integer, T> answers = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int node : nodes) {
        threads.execute(() -> {
          try {
            answers.put(node, question.apply(node));
          } catch (TeexException | RpcException | RateLimited | IllegalArgumentException e) {
            // No answer, or none that can be compared: it counts as silent.
          }
        });
      }
    }
    return new TreeMap<>(answers);
  }

  /** The nodes that are left out, and why. */
  Map<String, String> faults() {
    return members.stream()
        .filter(member -> !member.fault().isEmpty())
        .collect(Collectors.toMap(PoolMember::shown, PoolMember::fault, (a, b) -> a));
  }

  @Override
  public void close() {
    members.forEach(member -> member.rpc().close());
  }
}
