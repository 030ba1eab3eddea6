package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.StoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A disk that others changed while nobody looked: refused, or proven harmless by the same state.
 */
class DamageTest {
  private static final ReplicaConfig SMALL = new ReplicaConfig(4 << 10, 1 << 20, 1_500);

  /**
   * A snapshot begins after the answer to what made it due, so a test that looks at the disk of a
   * replica at work goes without.
   */
  private static final ReplicaConfig WITHOUT_SNAPSHOTS =
      new ReplicaConfig(4 << 10, 1 << 20, 1 << 20);

  /** Coprime to 8, so that all bits of bytes are met; 1 for every bit of every file. */
  private static final int FLIP_EVERY = Integer.getInteger("teex.flip.every", 7);

  private final Random instances = new Random(2);
  private Map<String, byte[]> disk = Map.of();
  private List<Entry> state = List.of();

  private SealedReplica open(SimulatedDisk on, ShardKey key) {
    return open(on, key, SMALL);
  }

  private SealedReplica open(SimulatedDisk on, ShardKey key, ReplicaConfig config) {
    return SealedReplica.open(on, key, config, instances, Runnable::run);
  }

  @BeforeAll
  static void quiet() {
    Quiet.silence();
  }

  /** A snapshot, a few segments of several starts, and a record that nobody was told of. */
  @BeforeEach
  void write() {
    SimulatedDisk simulated = new SimulatedDisk(new Random(3));
    for (int start = 0; start < 4; start++) {
      boolean last = start == 3;
      try (SealedReplica replica =
          open(simulated, Keys.shardKey(), last ? WITHOUT_SNAPSHOTS : SMALL)) {
        for (int i = 0; i < 4; i++) {
          replica.transact(
              RequestId.random(instances),
              Transaction.of(Change.put(bytes("k" + i), Keys.filled(40 * start + i, start))));
        }
        if (last) {
          // A failed write leaves part of a record in the middle of the log.
          simulated.fillUpTo(60);
          assertFails(ErrorCode.UNAVAILABLE, "No space", () -> replica.put(bytes("k"), bytes("v")));
          simulated.repair();
          replica.put(bytes("k"), bytes("w"));
        }
        state = all(replica);
      }
    }
    disk = simulated.contents();
    assertThat(disk.keySet()).anyMatch(name -> name.startsWith("snapshot-"));
    assertThat(disk.keySet().stream().filter(name -> name.startsWith("log-")).count())
        .isGreaterThan(2);
    assertThat(recover(disk)).contains(state);
  }

  private static List<Entry> all(Store store) {
    List<Entry> entries = new ArrayList<>();
    store.forEach(KeyRange.all(), entries::add);
    return entries;
  }

  /** The state that a replica finds; empty if it refuses the disk. */
  private Optional<List<Entry>> recover(Map<String, byte[]> contents) {
    try (SealedReplica replica = open(SimulatedDisk.of(contents), Keys.shardKey())) {
      return Optional.of(all(replica));
    } catch (TeexException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT);
      return Optional.empty();
    }
  }

  private Map<String, byte[]> with(String name, byte[] content) {
    Map<String, byte[]> changed = new TreeMap<>(disk);
    changed.put(name, content);
    return changed;
  }

  private static String lastSegment(Map<String, byte[]> contents) {
    return FileNames.segment(FileNames.segments(List.copyOf(contents.keySet())).getLast());
  }

  @Test
  void refusesEveryFlippedBitOrFindsTheSameState() {
    Random random = Seed.random(DamageTest.class);
    int refused = 0;
    int harmless = 0;
    for (var file : disk.entrySet()) {
      for (int bit = random.nextInt(FLIP_EVERY);
          bit < file.getValue().length * 8;
          bit += FLIP_EVERY) {
        byte[] flipped = file.getValue().clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        Optional<List<Entry>> found = recover(with(file.getKey(), flipped));
        found.ifPresent(entries -> assertThat(entries).isEqualTo(state));
        refused += found.isEmpty() ? 1 : 0;
        harmless += found.isEmpty() ? 0 : 1;
      }
    }
    // Harmless is only what was never acknowledged: the 60 bytes of the failed write.
    assertThat(harmless).isBetween(60 * 8 / FLIP_EVERY - 1, 60 * 8 / FLIP_EVERY + 1);
    assertThat(refused).isGreaterThan(10_000 / FLIP_EVERY);
  }

  @Test
  void refusesFilesThatWereCutExceptAtTheTail() {
    for (var file : disk.entrySet()) {
      for (int size = 0; size < file.getValue().length; size++) {
        Optional<List<Entry>> found =
            recover(with(file.getKey(), Arrays.copyOf(file.getValue(), size)));
        // A log that ends early is an older state, which one replica cannot tell from its own.
        if (found.isPresent() && !file.getKey().equals(lastSegment(disk))) {
          assertThat(found).contains(state);
        }
      }
    }
  }

  @Test
  void refusesZeroedAndGarbledStretches() {
    Random random = Seed.random(DamageTest.class);
    for (var file : disk.entrySet()) {
      int size = file.getValue().length;
      for (int i = 0; i < 300; i++) {
        byte[] damaged = file.getValue().clone();
        int from = random.nextInt(size);
        int to = from + 1 + random.nextInt(Math.min(200, size - from));
        byte[] garbage = new byte[to - from];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, damaged, from, garbage.length);
        Optional<List<Entry>> found = recover(with(file.getKey(), damaged));
        found.ifPresent(entries -> assertThat(entries).isEqualTo(state));
      }
    }
  }

  @Test
  void refusesMissingSwappedAndForeignFiles() {
    for (String name : disk.keySet()) {
      Map<String, byte[]> without = new TreeMap<>(disk);
      without.remove(name);
      if (!name.equals(lastSegment(disk))) {
        assertThat(recover(without)).as("without " + name).isEmpty();
      }
      for (var other : disk.entrySet()) {
        if (!other.getKey().equals(name)) {
          assertThat(recover(with(name, other.getValue()))).isEmpty();
        }
      }
    }
  }

  @Test
  void refusesPartsOfAnotherHistoryUnderTheSameKey() {
    Map<String, byte[]> mine = disk;
    write();

    for (String name : mine.keySet()) {
      assertThat(recover(with(name, mine.get(name)))).as("foreign " + name).isEmpty();
    }
  }

  @Test
  void refusesAForkedTail() {
    SimulatedDisk original = SimulatedDisk.of(disk);
    SimulatedDisk clone = original.copy();
    for (SimulatedDisk fork : List.of(original, clone)) {
      try (SealedReplica replica = open(fork, Keys.shardKey())) {
        replica.put(bytes("fork"), bytes("x"));
      }
      try (SealedReplica replica = open(fork, Keys.shardKey())) {
        replica.put(bytes("fork"), bytes("y"));
      }
    }

    Map<String, byte[]> mixed = new TreeMap<>(original.contents());
    String last = lastSegment(mixed);
    mixed.put(last, clone.contents().get(last));

    assertThat(recover(mixed)).isEmpty();
    assertThat(recover(original.contents())).isPresent();
  }

  @Test
  void refusesAnotherKeyShardOrKeyEpoch() {
    SecretBytes key = Keys.shardKey().key();
    for (ShardKey other :
        List.of(
            new ShardKey("other", 1, key),
            new ShardKey("test", 2, key),
            new ShardKey("test", 1, SecretBytes.copyOf(Keys.filled(32, 8).copy())))) {
      assertFails(ErrorCode.STORE_CORRUPT, "", () -> open(SimulatedDisk.of(disk), other));
    }
  }

  @Test
  void takesAnOldCopyOfTheWholeDiskAndSaysThatItWould() {
    SimulatedDisk old = SimulatedDisk.of(disk).copy();

    try (SealedReplica replica = open(old, Keys.shardKey())) {
      assertThat(all(replica)).isEqualTo(state);
      assertThat(replica.status().rollbackProtection().label()).isEqualTo("ROLLBACK-UNPROTECTED");
    }
  }

  @Test
  void cutsATornRecordAtEveryByteAndGoesOn() {
    SimulatedDisk simulated = SimulatedDisk.of(disk);
    Map<String, byte[]> before;
    try (SealedReplica replica = open(simulated, Keys.shardKey(), WITHOUT_SNAPSHOTS)) {
      replica.put(bytes("a"), bytes("acknowledged"));
      before = simulated.contents();
      replica.put(bytes("b"), Keys.filled(700, 1));
    }
    Map<String, byte[]> after = simulated.contents();
    String segment = lastSegment(after);
    int from = Objects.requireNonNull(before.get(segment)).length;
    byte[] whole = Objects.requireNonNull(after.get(segment));
    int to = whole.length;

    for (int size = from; size <= to; size++) {
      Map<String, byte[]> torn = new TreeMap<>(after);
      torn.put(segment, Arrays.copyOf(whole, size));
      SimulatedDisk left = SimulatedDisk.of(torn);
      try (SealedReplica replica = open(left, Keys.shardKey())) {
        assertThat(replica.get(bytes("a"))).isPresent();
        assertThat(replica.get(bytes("b")).isPresent()).isEqualTo(size == to);
        replica.put(bytes("c"), Bytes.EMPTY);
      }
      try (SealedReplica replica = open(left, Keys.shardKey())) {
        assertThat(replica.get(bytes("c"))).isPresent();
      }
    }
  }
}
