package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Short ways to write what tests are full of. */
final class Keys {
  private Keys() {}

  static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Bytes filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return Bytes.of(bytes);
  }

  static ShardKey shardKey() {
    return new ShardKey("test", 1, SecretBytes.copyOf(filled(32, 7).copy()));
  }
}
