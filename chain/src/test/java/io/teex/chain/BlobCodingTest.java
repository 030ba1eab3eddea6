package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobCodingTest {
  private static final int FIRST_BLOB = 4096 * 31 - 4;

  private static Bytes data(int size) {
    byte[] data = new byte[size];
    new SplittableRandom(size).nextBytes(data);
    return Bytes.of(data);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 27, 28, 31, 58, 59, FIRST_BLOB - 1, FIRST_BLOB, FIRST_BLOB + 1, 300_000})
  void whatIsSplitIsJoined(int size) {
    List<Bytes> blobs = BlobCoding.split(data(size));

    assertThat(blobs).hasSize(BlobCoding.count(size));
    assertThat(BlobCoding.join(blobs)).isEqualTo(data(size));
  }

  @Test
  void everyElementIsBelowThePrime() {
    Bytes blob = BlobCoding.split(data(FIRST_BLOB)).getFirst();

    assertThat(blob.size()).isEqualTo(1 << 17);
    for (int at = 0; at < blob.size(); at += 32) {
      assertThat(blob.at(at)).isZero();
    }
  }

  @Test
  void sixBlobsAreTheMost() {
    assertThat(BlobCoding.split(data(BlobCoding.DATA_BYTES_MAX))).hasSize(6);
    assertThatThrownBy(() -> BlobCoding.split(data(BlobCoding.DATA_BYTES_MAX + 1)))
        .hasMessage("761,853 bytes take 7 blobs, a transaction has at most 6: post less at once")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void blobsThatHoldSomethingElseAreRefused() {
    Bytes blob = BlobCoding.split(data(100)).getFirst();

    refused("a length of -1 in 0 blobs");
    refused("one of 131,071 bytes, a blob has 131,072", blob.slice(1, blob.size()));
    refused("no data at byte 64", changed(blob, 64));
    refused("a length of 16,777,316 in 1 blobs", changed(blob, 1));
    refused("bytes after the end", changed(blob, 131_071));
    refused("a length of 100 in 2 blobs", blob, blob);
    refused("bytes after the end", changed(blob, 4, 99));
  }

  private static Bytes changed(Bytes blob, int at) {
    return changed(blob, at, blob.at(at) + 1);
  }

  private static Bytes changed(Bytes blob, int at, int to) {
    byte[] content = blob.copy();
    content[at] = (byte) to;
    return Bytes.of(content);
  }

  private static void refused(String why, Bytes... blobs) {
    assertThatThrownBy(() -> BlobCoding.join(List.of(blobs)))
        .hasMessage("blobs: " + why)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }
}
