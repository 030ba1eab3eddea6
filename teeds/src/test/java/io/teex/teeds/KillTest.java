package io.teex.teeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, killed at any instant, again and again on one directory. */
class KillTest {
  private static final int KILLS = Integer.getInteger("teex.kills", 8);
  private static final int CALLERS = 6;

  @TempDir Path directory;

  /** Counts a key per caller up and prints each count once it is acknowledged. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      SealedReplica replica =
          SealedReplica.open(
              DirectoryDisk.open(Path.of(arguments[0])),
              Keys.shardKey(),
              new ReplicaConfig(64 << 10, 1 << 20, 100_000),
              new SecureRandom(),
              task -> Thread.ofPlatform().start(task));
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
      for (int caller = 0; caller < CALLERS; caller++) {
        Bytes key = key(caller);
        String name = "" + caller;
        Thread.ofPlatform().start(() -> count(replica, key, name, out));
      }
    }

    private static void count(SealedReplica replica, Bytes key, String name, PrintStream out) {
      var before = replica.get(key);
      long count = before.map(entry -> number(entry.value())).orElse(0L);
      long revision = before.map(Entry::revision).orElse(0L);
      while (true) {
        TransactionResult result =
            replica.transact(
                Transaction.when(key).revision(revision).then(Change.put(key, value(++count))));
        if (!result.succeeded()) {
          throw new IllegalStateException("somebody else counted " + name);
        }
        revision = result.revision();
        out.println(name + " " + count);
      }
    }
  }

  private static Bytes key(int caller) {
    return Keys.bytes("caller-" + caller);
  }

  private static Bytes value(long count) {
    return Bytes.of(ByteBuffer.allocate(500).putLong(count).array());
  }

  private static long number(Bytes value) {
    return ByteBuffer.wrap(value.copy()).getLong();
  }

  @Test
  void losesNoAcknowledgedWriteHoweverItDies() throws Exception {
    Random random = Seed.random(KillTest.class);
    Map<String, Long> acknowledged = new HashMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start();
      BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
      int linesBeforeTheKill = 1 + random.nextInt(1_500);
      for (int i = 0; i < linesBeforeTheKill; i++) {
        note(out.readLine(), acknowledged);
      }
      // Not through the process, which would close its output as well.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      // What it managed to print before the end was acknowledged, too.
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        note(line, acknowledged);
      }
      process.waitFor();
      check(acknowledged);
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The last line may have been cut; a whole one has a caller and a count. */
  private static void note(String line, Map<String, Long> acknowledged) {
    String[] parts = line.split(" ");
    if (parts.length == 2 && !parts[1].isEmpty()) {
      acknowledged.merge(parts[0], Long.parseLong(parts[1]), Math::max);
    }
  }

  private void check(Map<String, Long> acknowledged) {
    try (SealedReplica replica =
        SealedReplica.open(directory, Keys.shardKey(), new SecureRandom())) {
      for (int caller = 0; caller < CALLERS; caller++) {
        long last = acknowledged.getOrDefault("" + caller, 0L);
        long kept = replica.get(key(caller)).map(entry -> number(entry.value())).orElse(0L);
        // One more may have been written that nobody was told of.
        assertThat(kept).isBetween(last, last + 1);
      }
    }
  }
}
