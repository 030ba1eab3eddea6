package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SealedRangeTest {
  private static final int CHUNK = SealedSet.CHUNK;
  private static final long NEVER = 0;

  private final RandomGenerator random = seeded();
  private final HostedBlobs blobs = new HostedBlobs();

  private static RandomGenerator seeded() {
    long seed = Long.getLong("teex.seed", new SplittableRandom().nextLong());
    System.out.println("rerun with -Dteex.seed=" + seed);
    return new SplittableRandom(seed);
  }

  @Test
  void readsEveryRangeOfWhatWasLicensed() {
    for (int round = 0; round < 20; round++) {
      byte[] content = content(1 + random.nextInt(20 * CHUNK));
      SealedSet sealed = SealedSet.store(blobs, content, random);
      ChunkRange licensed = rangeIn(sealed.index().shape().chunks());
      int begin = licensed.from() * CHUNK;
      SealedRange range = opener(round % 2 == 0 ? NEVER : 1 << 20).open(release(sealed, licensed));

      assertThat(range.size()).isEqualTo(sealed.index().shape().size(licensed));
      for (int read = 0; read < 30; read++) {
        int offset = random.nextInt((int) range.size());
        int length = 1 + random.nextInt((int) range.size() - offset);
        assertThat(Bytes.of(range.read(offset, length).expose()))
            .isEqualTo(Bytes.of(content).slice(begin + offset, begin + offset + length));
      }
    }
  }

  @Test
  void readsNothingBehindTheRange() {
    SealedSet sealed = SealedSet.store(blobs, content(10 * CHUNK), random);
    SealedRange range = opener(NEVER).open(release(sealed, new ChunkRange(2, 4)));

    assertThatThrownBy(() -> range.read(2 * CHUNK - 1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> range.read(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void fetchesTheChunksThatAreReadAndNoOther() {
    SealedSet sealed = SealedSet.store(blobs, content(10 * CHUNK), random);
    SealedRange range = opener(NEVER).open(release(sealed, new ChunkRange(0, 10)));
    blobs.asked.clear();

    range.read(3 * CHUNK + 1, CHUNK).close();
    range.read(4 * CHUNK, 5).close();

    assertThat(blobs.asked).containsExactly(sealed.chunks().get(3), sealed.chunks().get(4));
  }

  /** What a store sees then is the same for every input. */
  @Test
  void fetchesASmallRangeWholeBeforeItIsRead() {
    SealedSet sealed = SealedSet.store(blobs, content(10 * CHUNK), random);
    SealedRange range = opener(6 * CHUNK).open(release(sealed, new ChunkRange(2, 8)));

    assertThat(blobs.asked.subList(1, 7)).isEqualTo(sealed.chunks().subList(2, 8));
    blobs.asked.clear();
    range.read(3 * CHUNK, 2 * CHUNK).close();
    assertThat(blobs.asked).isEmpty();
  }

  @Test
  void keepsABoundedPartOpen() {
    int chunks = 5 << 10;
    SealedSet sealed = SealedSet.store(blobs, content(chunks * CHUNK), random);
    SealedRange range = opener(NEVER).open(release(sealed, new ChunkRange(0, chunks)));
    blobs.asked.clear();

    for (int chunk = 0; chunk < chunks; chunk++) {
      range.read((long) chunk * CHUNK, 1).close();
    }
    range.read(0, 1).close();

    assertThat(blobs.asked).hasSize(chunks + 1);
  }

  @Test
  void refusesChunksThatTheStoreChangedSwappedOrLost() {
    SealedSet sealed = SealedSet.store(blobs, content(4 * CHUNK), random);
    SealedRange range = opener(NEVER).open(release(sealed, new ChunkRange(0, 4)));
    Cid first = sealed.chunks().getFirst();
    byte[] honest = blobs.get(first);
    byte[] changed = honest.clone();
    changed[random.nextInt(changed.length)] ^= 1;

    blobs.give(first, changed);
    refuses(ErrorCode.BLOB_TAMPERED, () -> range.read(0, 1));
    blobs.give(first, blobs.get(sealed.chunks().get(1)));
    refuses(ErrorCode.BLOB_TAMPERED, () -> range.read(0, 1));
    blobs.lose(first);
    refuses(ErrorCode.BLOB_NOT_FOUND, () -> range.read(0, 1));

    blobs.give(first, honest);
    assertThat(range.read(0, 1).size()).isEqualTo(1);
  }

  @Test
  void refusesAnIndexOrARangeThatTheLicenceIsNotFor() {
    SealedSet sealed = SealedSet.store(blobs, content(4 * CHUNK), random);
    SealedSet other = SealedSet.store(blobs, content(4 * CHUNK), random);
    ChunkRange licensed = new ChunkRange(0, 2);
    Bytes32 digest = sealed.index().dataDigest(licensed);

    refuses(
        ErrorCode.BLOB_TAMPERED,
        () ->
            opener(NEVER)
                .open(new Release.Data(other.cid(), sealed.keys(licensed).encode(), digest, 64)));
    refuses(
        ErrorCode.BLOB_TAMPERED,
        () ->
            opener(NEVER)
                .open(
                    new Release.Data(
                        sealed.cid(), sealed.keys(new ChunkRange(0, 4)).encode(), digest, 64)));
    refuses(
        ErrorCode.MALFORMED,
        () ->
            opener(NEVER)
                .open(new Release.Data(sealed.cid(), SecretBytes.copyOf(new byte[7]), digest, 64)));
  }

  @Test
  void givesNothingOnceItIsClosed() {
    SealedSet sealed = SealedSet.store(blobs, content(2 * CHUNK), random);
    SealedRange range = opener(NEVER).open(release(sealed, new ChunkRange(0, 2)));
    range.read(0, 1).close();

    range.close();

    assertThatThrownBy(() -> range.read(0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> range.read(CHUNK, 1)).isInstanceOf(IllegalStateException.class);
  }

  private Datasets opener(long fetchedBytesMax) {
    return new Datasets(blobs, fetchedBytesMax);
  }

  private static Release.Data release(SealedSet sealed, ChunkRange licensed) {
    return new Release.Data(
        sealed.cid(), sealed.keys(licensed).encode(), sealed.index().dataDigest(licensed), 64);
  }

  private byte[] content(int size) {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return content;
  }

  private ChunkRange rangeIn(int chunks) {
    int from = random.nextInt(chunks);
    return new ChunkRange(from, from + 1 + random.nextInt(chunks - from));
  }

  private static void refuses(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  /** A store whose host sees what is asked for, and gives what it wants. */
  private static final class HostedBlobs implements BlobStore {
    final List<Cid> asked = new ArrayList<>();
    private final Map<Cid, byte[]> kept = new HashMap<>();

    void give(Cid cid, byte[] content) {
      kept.put(cid, content.clone());
    }

    void lose(Cid cid) {
      kept.remove(cid);
    }

    @Override
    public Cid put(byte[] content) {
      Cid cid = Cid.of(content);
      kept.put(cid, content.clone());
      return cid;
    }

    @Override
    public byte[] get(Cid cid) {
      asked.add(cid);
      byte[] content = kept.get(cid);
      if (content == null) {
        throw new TeexException(ErrorCode.BLOB_NOT_FOUND, "no blob " + cid);
      }
      return content.clone();
    }
  }
}
