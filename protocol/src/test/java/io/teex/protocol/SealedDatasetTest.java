package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SealedDatasetTest {
  private static final int CHUNK = DatasetShape.CHUNK_BYTES_MIN;

  private final RandomGenerator random = Seeds.random();
  private final SecretBytes key = SecretBytes.random(random, 32);

  @Test
  void opensEveryChunkOfWhatItSealed() {
    for (int round = 0; round < 40; round++) {
      Sealed made = sealed(1 + random.nextInt(40 * CHUNK));

      try (DatasetKeys keys = made.index.keys(key)) {
        assertThat(made.opened(keys)).isEqualTo(made.content);
      }
      assertThat(SealedDataset.decode(made.index.encode().copy())).isEqualTo(made.index);
    }
  }

  @Test
  void opensARangeAndNothingElse() {
    for (int round = 0; round < 40; round++) {
      Sealed made = sealed(1 + random.nextInt(40 * CHUNK));
      ChunkRange range = rangeIn(made.index.shape().whole());
      DatasetKeys keys =
          DatasetKeys.decode(made.index.keys(key).narrow(made.index.shape(), range).encode());

      for (int i = 0; i < made.chunks.size(); i++) {
        if (range.contains(i)) {
          assertThat(made.index.open(keys, i, made.chunks.get(i)).expose())
              .isEqualTo(made.plain(i));
        } else {
          refuses(ErrorCode.PERMISSION_DENIED, made.index, keys, i, made.chunks.get(i));
        }
      }
    }
  }

  /**
   * Whoever has the keys of a range, and ignores what they are for, still opens nothing outside.
   */
  @Test
  void keysOfARangeGiveNoKeyOutsideOfIt() {
    Sealed made = sealed(16 * CHUNK);
    DatasetShape shape = made.index.shape();
    byte[] cover = made.index.keys(key).narrow(shape, new ChunkRange(3, 7)).encode().expose();

    for (ChunkRange claimed :
        List.of(new ChunkRange(11, 15), new ChunkRange(1, 4), new ChunkRange(7, 13))) {
      byte[] relabelled = cover.clone();
      relabelled[3] = (byte) claimed.from();
      relabelled[7] = (byte) claimed.to();
      int expected = KeyTree.cover(shape, claimed).size() * 32;
      DatasetKeys keys =
          DatasetKeys.decode(SecretBytes.copyOf(Arrays.copyOf(relabelled, 8 + expected)));
      for (int i = claimed.from(); i < claimed.to(); i++) {
        refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, made.chunks.get(i));
      }
    }
  }

  @Test
  void narrowingTwiceGivesTheKeysOfNarrowingOnce() {
    for (int round = 0; round < 40; round++) {
      Sealed made = sealed(1 + random.nextInt(40 * CHUNK));
      DatasetShape shape = made.index.shape();
      ChunkRange outer = rangeIn(shape.whole());
      ChunkRange inner = rangeIn(outer);
      DatasetKeys all = made.index.keys(key);

      SecretBytes twice = all.narrow(shape, outer).narrow(shape, inner).encode();

      assertThat(twice.sameAs(all.narrow(shape, inner).encode())).isTrue();
      assertThat(twice.size()).isLessThanOrEqualTo(DatasetKeys.ENCODED_BYTES_MAX);
    }
  }

  @Test
  void keysAreNotWidened() {
    Sealed made = sealed(8 * CHUNK);
    DatasetShape shape = made.index.shape();
    DatasetKeys keys = made.index.keys(key).narrow(shape, new ChunkRange(2, 5));

    assertThatThrownBy(() -> keys.narrow(shape, new ChunkRange(2, 6)))
        .hasMessageContaining("not within [2, 5)");
  }

  @Test
  void refusesChunksThatAreChangedCutSwappedOrOfAnotherSealing() {
    byte[] content = random(5 * CHUNK + 10);
    Sealed made = sealed(content);
    Sealed again = sealed(content);
    DatasetKeys keys = made.index.keys(key);

    for (int i = 0; i < made.chunks.size(); i++) {
      byte[] chunk = made.chunks.get(i);
      byte[] flipped = chunk.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, flipped);
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, Arrays.copyOf(chunk, chunk.length - 1));
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, Arrays.copyOf(chunk, chunk.length + 1));
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, new byte[0]);
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, made.chunks.get((i + 1) % 6));
      refuses(ErrorCode.BLOB_TAMPERED, made.index, keys, i, again.chunks.get(i));
    }
  }

  /**
   * The index is what the digest commits to, but its keys alone refuse a rearranged one as well.
   */
  @Test
  void refusesChunksThatAForgedIndexMovedRepeatedOrCutOff() {
    Sealed made = sealed(4 * CHUNK);
    DatasetKeys keys = made.index.keys(key);
    Bytes first = made.index.digests().slice(0, 32);
    Bytes second = made.index.digests().slice(32, 64);
    Bytes rest = made.index.digests().slice(64, 128);
    SealedDataset swapped = withDigests(made.index, Bytes.concat(second, first, rest));
    SealedDataset repeated = withDigests(made.index, Bytes.concat(first, first, rest));
    SealedDataset cut =
        new SealedDataset(
            new DatasetShape(2 * CHUNK, CHUNK),
            made.index.salt(),
            made.index.digests().slice(0, 64));

    refuses(ErrorCode.BLOB_TAMPERED, swapped, keys, 0, made.chunks.get(1));
    refuses(ErrorCode.BLOB_TAMPERED, repeated, keys, 1, made.chunks.get(0));
    refuses(ErrorCode.BLOB_TAMPERED, cut, cut.keys(key), 0, made.chunks.get(0));
    for (SealedDataset forged : List.of(swapped, repeated, cut)) {
      assertThat(forged.dataDigest(new ChunkRange(0, 2)))
          .isNotEqualTo(made.index.dataDigest(new ChunkRange(0, 2)));
    }
  }

  /** AES-GCM alone would let an owner deal out two keys that open one chunk to two plaintexts. */
  @Test
  void aChunkOpensUnderOneKeyOnly() {
    Sealed made = sealed(2 * CHUNK);
    DatasetKeys others = made.index.keys(SecretBytes.random(random, 32));

    assertThatThrownBy(() -> made.index.requireSealedWith(others, 0, made.chunks.getFirst()))
        .hasMessageContaining("under another key");
    made.index.requireSealedWith(made.index.keys(key), 0, made.chunks.getFirst());
  }

  @Test
  void aDigestNamesARange() {
    Sealed made = sealed(3 * CHUNK);

    assertThat(
            List.of(
                made.index.dataDigest(new ChunkRange(0, 3)),
                made.index.dataDigest(new ChunkRange(0, 2)),
                made.index.dataDigest(new ChunkRange(1, 3))))
        .doesNotHaveDuplicates();
  }

  @Test
  void refusesEveryIndexThatIsCutLengthenedOrOfAnotherFormat() {
    Bytes index = sealed(3 * CHUNK).index.encode();

    for (int size = 0; size < index.size(); size++) {
      refusesIndex(index.slice(0, size));
    }
    refusesIndex(Bytes.concat(index, Bytes.of((byte) 0)));
    for (int at : new int[] {0, 7, 8, 9, 12, 13, 18}) {
      byte[] changed = index.copy();
      changed[at] ^= (byte) 0x80;
      refusesIndex(Bytes.of(changed));
    }
  }

  @Test
  void refusesKeysOfAnotherShapeOrLength() {
    DatasetShape shape = new DatasetShape(10 * CHUNK, CHUNK);

    for (int size : new int[] {0, 7, 8, 39, 41, DatasetKeys.ENCODED_BYTES_MAX + 32}) {
      assertThatThrownBy(() -> DatasetKeys.decode(SecretBytes.copyOf(new byte[size])))
          .isInstanceOf(TeexException.class);
    }
    byte[] tooWide = new byte[8 + 32];
    tooWide[7] = 11;
    byte[] tooMany = new byte[8 + 64];
    tooMany[7] = 10;
    for (byte[] encoded : List.of(tooWide, tooMany)) {
      DatasetKeys keys = DatasetKeys.decode(SecretBytes.copyOf(encoded));
      assertThatThrownBy(() -> keys.requireFits(shape)).isInstanceOf(TeexException.class);
    }
  }

  @Test
  void theSamplesReachEveryKeyOfACover() {
    Sealed made = sealed(13 * CHUNK);
    DatasetShape shape = made.index.shape();
    ChunkRange range = new ChunkRange(1, 12);
    byte[] cover = made.index.keys(key).narrow(shape, range).encode().expose();

    for (int at = 8; at < cover.length; at += 32) {
      byte[] wrong = cover.clone();
      wrong[at] ^= 1;
      DatasetKeys keys = DatasetKeys.decode(SecretBytes.copyOf(wrong));
      assertThatThrownBy(
              () -> {
                for (int sample : keys.samples(shape)) {
                  made.index.requireSealedWith(keys, sample, made.chunks.get(sample));
                }
              })
          .hasMessageContaining("under another key");
    }
  }

  @Test
  void shapesRefuseWhatCannotBeCut() {
    DatasetShape shape = new DatasetShape(10 * CHUNK + 5, CHUNK);

    assertThat(shape.range(0, shape.size())).isEqualTo(shape.whole());
    assertThat(shape.range(CHUNK, 3 * CHUNK)).isEqualTo(new ChunkRange(1, 3));
    assertThat(shape.size(new ChunkRange(9, 11))).isEqualTo(CHUNK + 5);
    for (long[] bad :
        new long[][] {{1, CHUNK}, {0, CHUNK + 1}, {5, 5}, {-1024, 1024}, {0, 1 << 20}}) {
      assertThatThrownBy(() -> shape.range(bad[0], bad[1])).isInstanceOf(TeexException.class);
    }
    assertThatThrownBy(() -> new DatasetShape(0, CHUNK)).isInstanceOf(TeexException.class);
    assertThatThrownBy(() -> new DatasetShape(1, 1000)).isInstanceOf(TeexException.class);
    assertThatThrownBy(() -> new DatasetShape(1, 1 << 20)).isInstanceOf(TeexException.class);
    assertThatThrownBy(() -> new DatasetShape(1L << 40, CHUNK)).isInstanceOf(TeexException.class);
  }

  private record Sealed(SealedDataset index, List<byte[]> chunks, Bytes content) {
    byte[] plain(int chunk) {
      int from = chunk * CHUNK;
      return content.slice(from, from + index.shape().chunkSize(chunk)).copy();
    }

    Bytes opened(DatasetKeys keys) {
      byte[] all = new byte[content.size()];
      for (int i = 0; i < chunks.size(); i++) {
        byte[] plain = index.open(keys, i, chunks.get(i)).expose();
        System.arraycopy(plain, 0, all, i * CHUNK, plain.length);
      }
      return Bytes.of(all);
    }
  }

  private Sealed sealed(int size) {
    return sealed(random(size));
  }

  private Sealed sealed(byte[] content) {
    DatasetShape shape = new DatasetShape(content.length, CHUNK);
    List<byte[]> chunks = new ArrayList<>();
    SealedDataset index =
        SealedDataset.seal(
            key,
            shape,
            i -> Arrays.copyOfRange(content, i * CHUNK, i * CHUNK + shape.chunkSize(i)),
            (i, chunk) -> chunks.add(chunk),
            random);
    return new Sealed(index, chunks, Bytes.of(content));
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private ChunkRange rangeIn(ChunkRange whole) {
    int from = whole.from() + random.nextInt(whole.to() - whole.from());
    return new ChunkRange(from, from + 1 + random.nextInt(whole.to() - from));
  }

  private static SealedDataset withDigests(SealedDataset index, Bytes digests) {
    return new SealedDataset(index.shape(), index.salt(), digests);
  }

  private static void refuses(
      ErrorCode code, SealedDataset index, DatasetKeys keys, int chunk, byte[] sealed) {
    assertThatThrownBy(() -> index.open(keys, chunk, sealed))
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void refusesIndex(Bytes index) {
    assertThatThrownBy(() -> SealedDataset.decode(index.copy()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }
}
