package io.teex.acceptance;

import com.google.protobuf.ByteString;
import io.teex.attestation.Policy;
import io.teex.market.EmbeddedMarket;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.LaneRequest;
import io.teex.sdk.MarketFile;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Users who each order one task after the other, and order again what is refused. */
final class Crowd implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Duration SETTLED_MAX = Duration.ofMinutes(3);

  /** More would mean that something does not pass. */
  private static final int REFUSALS_MAX = 50;

  /**
   * What a user meets while somebody she needs is down. An order whose block is undone before its
   * keys are released is a mismatch.
   */
  private static final Set<ErrorCode> PASSING =
      EnumSet.of(
          ErrorCode.UNAVAILABLE,
          ErrorCode.CHAIN_UNAVAILABLE,
          ErrorCode.NO_WORKER,
          ErrorCode.WORKER_LOST,
          ErrorCode.ORDER_MISMATCH);

  private final List<User> users;
  private final OrderTerms terms;
  private final int tasks;
  private final AttestedChannel dispatcher;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> streams = new ArrayList<>();
  private final Semaphore allowed = new Semaphore(0);
  private final AtomicInteger receipts = new AtomicInteger();
  private final AtomicInteger voids = new AtomicInteger();
  private final Map<ErrorCode, Integer> refusals = new EnumMap<>(ErrorCode.class);

  /** By user, what came of the sequences 1, 2, 3, …: a receipt, or nothing. */
  private final Map<Address, List<Optional<Signed<Receipt>>>> lanes = new LinkedHashMap<>();

  Crowd(EmbeddedMarket market, List<User> users, OrderTerms terms, int tasks) {
    this.users = users;
    this.terms = terms;
    this.tasks = tasks;
    MarketFile file = market.marketFile();
    this.dispatcher =
        AttestedChannel.to(
                Endpoint.parse(file.dispatchers().getFirst().endpoint()),
                Role.DISPATCHER,
                Policy.read(file.policy()))
            .open();
    users.forEach(user -> lanes.put(user.address(), new ArrayList<>()));
  }

  void start() {
    for (int i = 0; i < users.size(); i++) {
      User user = users.get(i);
      int share = tasks / users.size() + (i < tasks % users.size() ? 1 : 0);
      streams.add(threads.submit(() -> order(user, share)));
    }
  }

  /** Lets so many more tasks be ordered. */
  void allow(int more) {
    allowed.release(more);
  }

  /** Waits until all is done. */
  void finish() throws InterruptedException, ExecutionException {
    allow(tasks);
    for (Future<?> stream : streams) {
      stream.get();
    }
  }

  /** Has everything settled. Orders that were given up hold their lanes up until they expire. */
  void settleAll() {
    long giveUp = System.nanoTime() + SETTLED_MAX.toNanos();
    while (unsettled() > 0) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError("%d tasks are not settled".formatted(unsettled()));
      }
      users.getFirst().settle();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private int unsettled() {
    DispatcherStatusResponse status =
        dispatcher.call(
            DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
    return status.getQueued() + status.getLeased() + status.getAcknowledged();
  }

  private Void order(User user, int share) throws InterruptedException {
    List<Optional<Signed<Receipt>>> lane = Objects.requireNonNull(lanes.get(user.address()));
    for (int done = 0; done < share; done++) {
      allowed.acquire();
      lane.add(Optional.of(orderUntilDone(user, lane)));
      receipts.incrementAndGet();
    }
    return null;
  }

  private Signed<Receipt> orderUntilDone(User user, List<Optional<Signed<Receipt>>> lane) {
    for (int refused = 0; ; refused++) {
      try {
        TaskResult result = user.run(terms);
        if (result.fee().equals(Amount.ZERO)) {
          throw new AssertionError("a task that costs nothing: " + result);
        }
        return result.receipt();
      } catch (TeexException e) {
        if (!PASSING.contains(e.code()) || refused == REFUSALS_MAX) {
          throw e;
        }
        noteRefusal(e.code());
        if (nextSequence(user) > lane.size() + 1) {
          lane.add(Optional.empty());
          voids.incrementAndGet();
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private synchronized void noteRefusal(ErrorCode code) {
    refusals.merge(code, 1, Integer::sum);
  }

  /** What the dispatcher says comes next in the user's lane. */
  private long nextSequence(User user) {
    LaneRequest request =
        LaneRequest.newBuilder()
            .setUser(ByteString.copyFrom(user.address().value().copy()))
            .build();
    while (true) {
      try {
        return dispatcher.call(DispatcherGrpc.getLaneMethod(), request).getNextSequence();
      } catch (TeexException e) {
        if (!PASSING.contains(e.code())) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  int receipts() {
    return receipts.get();
  }

  int voids() {
    return voids.get();
  }

  /** Whether all that was allowed is done. */
  boolean isIdle() {
    return allowed.availablePermits() == 0
        && allowed.getQueueLength() == streams.stream().filter(stream -> !stream.isDone()).count();
  }

  /** Whether all tasks are done. */
  boolean isOver() {
    return streams.stream().allMatch(Future::isDone);
  }

  /** Throws what a user met that she cannot order again after. */
  void requireWell() {
    for (Future<?> stream : streams) {
      if (stream.state() == Future.State.FAILED) {
        throw new AssertionError("a user gave up", stream.exceptionNow());
      }
    }
  }

  synchronized Map<ErrorCode, Integer> refusals() {
    return new EnumMap<>(refusals);
  }

  Map<Address, List<Optional<Signed<Receipt>>>> lanes() {
    return lanes;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    dispatcher.close();
  }
}
