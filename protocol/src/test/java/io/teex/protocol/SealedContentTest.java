package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedContentTest {
  private static final int CHUNK = SealedContent.CHUNK_BYTES;
  private static final int HEADER = 41;
  private static final int SEALED_CHUNK = CHUNK + 16;

  private final RandomGenerator random = Seeds.random();
  private final SecretBytes key = SealedContent.newKey(random);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77})
  void opensWhatItSealed(int size) {
    SecretBytes content = SecretBytes.random(random, size);

    Bytes sealed = SealedContent.seal(key, content, random);

    assertThat(SealedContent.open(key, sealed).sameAs(content)).isTrue();
    assertThat((long) sealed.size()).isEqualTo(SealedContent.sealedBytes(size));
  }

  @Test
  void refusesEveryFlippedBit() {
    Bytes sealed = sealed(20);

    for (int bit = 0; bit < sealed.size() * 8; bit++) {
      byte[] flipped = sealed.copy();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      refuses(Bytes.of(flipped));
    }
  }

  @Test
  void refusesEveryTruncationAndAddition() {
    Bytes small = sealed(20);
    for (int size = 0; size < small.size(); size++) {
      refuses(small.slice(0, size));
    }
    Bytes large = sealed(3 * CHUNK + 77);
    for (int size = HEADER; size < large.size(); size += 977) {
      refuses(large.slice(0, size));
    }

    refuses(Bytes.concat(small, Bytes.of((byte) 0)));
  }

  @Test
  void refusesChunksThatAreCutReorderedOrRepeated() {
    Bytes sealed = sealed(3 * CHUNK);
    Bytes header = sealed.slice(0, HEADER);
    Bytes first = chunk(sealed, 0);
    Bytes second = chunk(sealed, 1);
    Bytes third = chunk(sealed, 2);

    refuses(Bytes.concat(header, first, second));
    refuses(Bytes.concat(header, first));
    refuses(Bytes.concat(header, second, first, third));
    refuses(Bytes.concat(header, first, first, second, third));
    refuses(Bytes.concat(header, third));
    assertThat(SealedContent.open(key, Bytes.concat(header, first, second, third)).size())
        .isEqualTo(3 * CHUNK);
  }

  @Test
  void refusesChunksOfAnotherContainerUnderTheSameKey() {
    Bytes one = sealed(2 * CHUNK);
    Bytes other = sealed(2 * CHUNK);

    refuses(Bytes.concat(one.slice(0, HEADER), chunk(one, 0), chunk(other, 1)));
    refuses(Bytes.concat(one.slice(0, HEADER), chunk(other, 0), chunk(other, 1)));
  }

  @Test
  void refusesAnotherKey() {
    Bytes sealed = sealed(20);

    assertThatThrownBy(() -> SealedContent.open(SealedContent.newKey(random), sealed))
        .isInstanceOf(TeexException.class);
  }

  @Test
  void sealsTheSameContentDifferentlyEachTime() {
    SecretBytes content = SecretBytes.copyOf(new byte[20]);

    assertThat(SealedContent.seal(key, content, random))
        .isNotEqualTo(SealedContent.seal(key, content, random));
  }

  @Test
  void hidesThePlaintext() {
    byte[] content = "a secret that is long enough to be found".getBytes(StandardCharsets.UTF_8);

    String sealed = SealedContent.seal(key, SecretBytes.copyOf(content), random).toHex();

    assertThat(sealed).doesNotContain(Bytes.of(Arrays.copyOf(content, 8)).toHex());
  }

  private Bytes sealed(int size) {
    return SealedContent.seal(key, SecretBytes.random(random, size), random);
  }

  private static Bytes chunk(Bytes sealed, int index) {
    int from = HEADER + index * SEALED_CHUNK;
    return sealed.slice(from, Math.min(from + SEALED_CHUNK, sealed.size()));
  }

  private void refuses(Bytes sealed) {
    assertThatThrownBy(() -> SealedContent.open(key, sealed))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }
}
