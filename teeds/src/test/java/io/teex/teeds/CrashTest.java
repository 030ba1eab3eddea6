package io.teex.teeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.teeds.testing.InMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A replica on a disk that loses power at any operation, or is full or fails for a while, beside
 * the model of a store that never fails. Every acknowledged transaction has to be there after every
 * restart; the one that was under way may be there or not, and happens exactly once when it is
 * repeated.
 */
class CrashTest {
  private static final ReplicaConfig SMALL = new ReplicaConfig(4 << 10, 1 << 20, 3_000);
  private static final int STORIES = Integer.getInteger("teex.crash.stories", 30);
  private static final int LIVES = 15;
  private static final int TRANSACTIONS_MAX = 80;
  private static final int ATTEMPTS_MAX = 200;

  /** Sent; whether it was answered depends. */
  private record Request(RequestId id, Transaction transaction) {}

  private final Random random = Seed.random(CrashTest.class);
  private final Random instances = new Random(random.nextLong());
  private SimulatedDisk disk = new SimulatedDisk(new Random(random.nextLong()));
  private final List<Request> answered = new ArrayList<>();
  private InMemoryStore model = new InMemoryStore();

  @BeforeAll
  static void quiet() {
    Quiet.silence();
  }

  private SealedReplica open() {
    return SealedReplica.open(disk, Keys.shardKey(), SMALL, instances, Runnable::run);
  }

  private static List<Entry> all(Store store) {
    List<Entry> entries = new ArrayList<>();
    store.forEach(KeyRange.all(), entries::add);
    return entries;
  }

  @Test
  void saysSoOnceItFailsForGood() {
    Executor halfDead =
        task -> {
          throw new OutOfMemoryError("as the test says");
        };
    AtomicInteger failures = new AtomicInteger();
    try (SealedReplica replica =
        SealedReplica.open(
            disk, Keys.shardKey(), new ReplicaConfig(4 << 10, 1 << 20, 1), instances, halfDead)) {
      replica.whenFailed(failures::incrementAndGet);

      replica.put(Keys.bytes("k"), Keys.bytes("durable"));

      StoreContract.assertFails(
          ErrorCode.UNAVAILABLE, "", () -> replica.put(Keys.bytes("k"), Keys.bytes("too late")));
    }
    assertThat(failures).hasValue(1);
    try (SealedReplica replica = open()) {
      assertThat(replica.get(Keys.bytes("k")).orElseThrow().value())
          .isEqualTo(Keys.bytes("durable"));
    }
  }

  @Test
  void losesNothingAcknowledgedAndNeverRepeatsANonce() {
    int crashes = 0;
    for (int story = 0; story < STORIES; story++) {
      disk = new SimulatedDisk(new Random(random.nextLong()));
      model = new InMemoryStore();
      answered.clear();
      for (int life = 0; life < LIVES; life++) {
        Optional<Request> unanswered = live();
        crashes += disk.crashed() ? 1 : 0;
        disk = disk.restarted();
        checkRecovery(unanswered);
      }
    }
    assertThat(crashes).isGreaterThan(STORIES * LIVES / 4);
  }

  /** Runs a replica until its disk dies or it has done enough. */
  private Optional<Request> live() {
    disk.crashAfter(random.nextInt(2 * TRANSACTIONS_MAX));
    SealedReplica replica;
    try {
      replica = open();
    } catch (TeexException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      return Optional.empty();
    }
    try (replica) {
      for (int i = random.nextInt(TRANSACTIONS_MAX); i > 0; i--) {
        Request next = new Request(RequestId.random(random), transaction());
        if (!runThroughFailures(replica, next)) {
          return Optional.of(next);
        }
        assertThat(replica.status().revision()).isEqualTo(model.status().revision());
      }
      assertThat(all(replica)).isEqualTo(all(model));
    }
    return Optional.empty();
  }

  /** Returns false if the power failed; repeats what a full or failing disk refused. */
  private boolean runThroughFailures(SealedReplica replica, Request request) {
    if (random.nextInt(20) == 0) {
      disk.fillUpTo(random.nextInt(2_000));
    }
    if (random.nextInt(20) == 0) {
      disk.failSyncs(1 + random.nextInt(3));
    }
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        TransactionResult result = replica.transact(request.id(), request.transaction());
        assertThat(result).isEqualTo(model.transact(request.id(), request.transaction()));
        answered.add(request);
        return true;
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(all(replica)).isEqualTo(all(model));
        if (disk.crashed()) {
          return false;
        }
        if (random.nextInt(3) == 0) {
          disk.repair();
        }
      }
    }
    throw new AssertionError("the replica takes nothing though its disk works");
  }

  private void checkRecovery(Optional<Request> unanswered) {
    List<Entry> without = all(model);
    try (SealedReplica replica = open()) {
      List<Entry> recovered = all(replica);
      if (unanswered.isPresent()) {
        Request request = unanswered.get();
        TransactionResult expected = model.transact(request.id(), request.transaction());
        assertThat(recovered).isIn(without, all(model));
        assertThat(replica.transact(request.id(), request.transaction())).isEqualTo(expected);
      }
      if (!answered.isEmpty()) {
        Request request = answered.get(random.nextInt(answered.size()));
        assertThat(replica.transact(request.id(), request.transaction()))
            .isEqualTo(model.transact(request.id(), request.transaction()));
      }
      assertThat(all(replica)).isEqualTo(all(model));
      assertThat(replica.status().revision()).isEqualTo(model.status().revision());
    }
  }

  private Transaction transaction() {
    List<Change> then = changes();
    List<Change> otherwise = changes();
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Bytes key = key();
      Optional<Entry> entry = model.get(key);
      boolean right = random.nextInt(4) > 0;
      if (entry.isPresent() && random.nextBoolean()) {
        comparisons.add(
            new Comparison.HasValue(key, right ? entry.get().value() : Keys.bytes("no")));
      } else {
        comparisons.add(
            new Comparison.AtRevision(
                key, entry.map(Entry::revision).orElse(0L) + (right ? 0 : 1)));
      }
    }
    return new Transaction(comparisons, then, otherwise);
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Bytes key = key();
      if (changes.stream().noneMatch(change -> change.key().equals(key))) {
        changes.add(
            random.nextInt(3) == 0
                ? Change.delete(key)
                : Change.put(key, Keys.filled(random.nextInt(300), random.nextInt(256))));
      }
    }
    return changes;
  }

  private Bytes key() {
    return Keys.bytes("key-" + random.nextInt(40));
  }
}
