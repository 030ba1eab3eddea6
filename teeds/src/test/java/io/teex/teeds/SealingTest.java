package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.StoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica on a real directory. */
class SealingTest {
  private static final String KEY = "canary-key-Aiph4eijah";
  private static final String VALUE = "canary-value-Oochae8ieG";
  private static final int FRAGMENT = 6;

  @TempDir Path directory;

  private SealedReplica open() {
    // Snapshots at once, so that they are searched, too.
    return SealedReplica.open(
        DirectoryDisk.open(directory),
        Keys.shardKey(),
        new ReplicaConfig(64 << 10, 1 << 20, 2_000),
        new SecureRandom(),
        Runnable::run);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private boolean found(String canary) throws IOException {
    for (Path file : files()) {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1) + file.getFileName();
      for (int i = 0; i + FRAGMENT <= canary.length(); i++) {
        if (content.contains(canary.substring(i, i + FRAGMENT))) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void writesNoKeyAndNoValueInTheClear() throws IOException {
    RequestId id = RequestId.random(new Random(1));
    try (SealedReplica replica = open()) {
      for (int i = 0; i < 50; i++) {
        replica.put(bytes(KEY + i), bytes(VALUE + i));
      }
      replica.transact(
          id,
          Transaction.when(bytes(KEY + 1)).value(bytes(VALUE + 1)).then(Change.delete(bytes(KEY))));
    }
    try (SealedReplica replica = open()) {
      replica.put(bytes(KEY), bytes(VALUE));
      assertThat(files()).anyMatch(file -> file.getFileName().toString().startsWith("snapshot-"));
      assertThat(found(KEY)).isFalse();
      assertThat(found(VALUE)).isFalse();
      assertThat(found(new String(Keys.filled(32, 7).copy(), StandardCharsets.ISO_8859_1)))
          .isFalse();
    }

    Files.writeString(directory.resolve("leak"), "..." + VALUE.substring(5));
    assertThat(found(VALUE)).isTrue();
  }

  @Test
  void belongsToOneProcessAtATime() {
    try (SealedReplica replica = open()) {
      assertFails(ErrorCode.UNAVAILABLE, "another store", this::open);
      replica.put(bytes("k"), bytes("v"));
    }
    open().close();
  }

  @Test
  void cutsItsLogWithoutForgettingAnything() throws IOException {
    RequestId first = RequestId.random(new Random(1));
    Transaction once =
        Transaction.when(bytes("first")).absent().then(Change.put(bytes("first"), Bytes.EMPTY));
    TransactionResult result;
    try (SealedReplica replica = open()) {
      result = replica.transact(first, once);
      for (int i = 0; i < 500; i++) {
        replica.put(bytes("k" + i % 10), Keys.filled(200, i));
      }
    }
    assertThat(files()).hasSizeLessThan(6);

    try (SealedReplica replica = open()) {
      assertThat(replica.status())
          .isEqualTo(new StoreStatus(501, 2, StoreStatus.RollbackProtection.UNPROTECTED));
      assertThat(replica.get(bytes("k3")).orElseThrow().value()).isEqualTo(Keys.filled(200, 493));
      assertThat(replica.transact(first, once)).isEqualTo(result);
    }
  }

  @Test
  void endsARowOfIdleStartsWithASnapshot() throws IOException {
    for (int start = 0; start < 70; start++) {
      open().close();
    }
    try (SealedReplica replica = open()) {
      replica.put(bytes("k"), bytes("v"));
    }
    assertThat(files()).hasSizeLessThan(6);
  }

  @Test
  void refusesCallsAfterItsEnd() {
    SealedReplica replica = open();
    replica.close();

    assertFails(ErrorCode.UNAVAILABLE, "closed", () -> replica.put(bytes("k"), bytes("v")));
    replica.close();
  }
}
