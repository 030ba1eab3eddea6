package io.teex.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobStoreTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private DirectoryBlobStore store;

  @BeforeEach
  void open() {
    store = DirectoryBlobStore.open(directory, 8 * MIB);
  }

  @AfterEach
  void close() {
    store.close();
  }

  static void assertFails(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void keepsBlobsOfEverySizeAcrossARestart() {
    List<byte[]> contents = new ArrayList<>();
    for (int size : new int[] {0, 1, MIB, MIB + 1, 3 * MIB + 7, 8 * MIB}) {
      contents.add(Contents.ofSize(size));
    }
    List<Cid> cids = contents.stream().map(store::put).toList();

    store.close();
    open();

    for (int i = 0; i < cids.size(); i++) {
      assertThat(cids.get(i)).isEqualTo(Cid.of(contents.get(i)));
      assertThat(store.get(cids.get(i))).isEqualTo(contents.get(i));
      assertThat(store.size(cids.get(i))).hasValue(contents.get(i).length);
    }
  }

  @Test
  void saysWhatItDoesNotHave() {
    Cid cid = Cid.of(Contents.ofSize(9));

    assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.get(cid));
    assertThat(store.size(cid)).isEmpty();
  }

  @Test
  void refusesABlobAboveTheLimit() {
    assertFails(ErrorCode.MALFORMED, () -> store.put(new byte[8 * MIB + 1]));
  }

  @Test
  void noticesEveryChangedCutGrownOrRemovedBlock() throws IOException {
    byte[] content = Contents.ofSize(2 * MIB + 100);
    Cid cid = store.put(content);
    List<Path> files;
    try (var listed = Files.list(directory.resolve("blocks"))) {
      files = listed.toList();
    }
    assertThat(files).hasSize(4);

    for (Path file : files) {
      byte[] block = Files.readAllBytes(file);
      byte[] changed = block.clone();
      changed[block.length / 2] ^= 1;
      for (byte[] other :
          List.of(
              changed,
              Arrays.copyOf(block, block.length - 1),
              Arrays.copyOf(block, block.length + 1),
              new byte[0])) {
        Files.write(file, other);
        assertFails(ErrorCode.BLOB_TAMPERED, () -> store.get(cid));
      }
      Files.delete(file);
      assertFails(
          file.endsWith(cid.toString()) ? ErrorCode.BLOB_NOT_FOUND : ErrorCode.BLOB_TAMPERED,
          () -> store.get(cid));
      Files.write(file, block);
      assertThat(store.get(cid)).isEqualTo(content);
    }
  }

  @Test
  void healsADamagedBlockWhenTheBlobIsPutAgain() throws IOException {
    byte[] content = Contents.ofSize(500);
    Cid cid = store.put(content);
    Files.write(directory.resolve("blocks").resolve(cid.toString()), new byte[500]);

    store.put(content);

    assertThat(store.get(cid)).isEqualTo(content);
  }

  @Test
  void takesTheSameAndDifferentBlobsFromManyThreads() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Cid>> puts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] content = Contents.ofSize(MIB - 5 + i % 10);
        puts.add(threads.submit(() -> store.put(content)));
      }
      for (int i = 0; i < puts.size(); i++) {
        assertThat(store.get(puts.get(i).get())).isEqualTo(Contents.ofSize(MIB - 5 + i % 10));
      }
    }
    assertThat(directory.resolve("unfinished")).isEmptyDirectory();
  }

  @Test
  void removesWhatAnInterruptedPutLeft() throws IOException {
    store.close();
    Files.write(directory.resolve("unfinished").resolve("1"), new byte[10]);

    open();

    assertThat(directory.resolve("unfinished")).isEmptyDirectory();
  }

  @Test
  void belongsToOneOwnerAtATime() {
    assertFails(ErrorCode.UNAVAILABLE, () -> DirectoryBlobStore.open(directory, MIB));
  }
}
