package io.teex.teeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
  @Test
  void aPrefixCoversExactlyItsKeys() {
    KeyRange range = KeyRange.prefix(Keys.bytes("ab"));

    assertThat(range.contains(Keys.bytes("ab"))).isTrue();
    assertThat(range.contains(Bytes.concat(Keys.bytes("ab"), Keys.filled(3, 0xff)))).isTrue();
    assertThat(range.contains(Keys.bytes("aa"))).isFalse();
    assertThat(range.contains(Keys.bytes("ac"))).isFalse();
    assertThat(range.contains(Keys.bytes("a"))).isFalse();
  }

  @Test
  void aPrefixOfHighestBytesHasNoUpperEnd() {
    KeyRange range = KeyRange.prefix(Keys.filled(2, 0xff));

    assertThat(range.to()).isEqualTo(Bytes.EMPTY);
    assertThat(range.contains(Keys.filled(5, 0xff))).isTrue();
    assertThat(range.contains(Keys.filled(1, 0xff))).isFalse();
    assertThat(KeyRange.prefix(Bytes.of((byte) 1, (byte) 0xff)).to()).isEqualTo(Bytes.of((byte) 2));
  }

  @Test
  void goesOnAfterAKey() {
    KeyRange rest = KeyRange.prefix(Keys.bytes("k")).after(Keys.bytes("k1"));

    assertThat(rest.contains(Keys.bytes("k1"))).isFalse();
    assertThat(rest.contains(Bytes.concat(Keys.bytes("k1"), Bytes.of((byte) 0)))).isTrue();
    assertThat(rest.contains(Keys.bytes("k2"))).isTrue();
  }
}
