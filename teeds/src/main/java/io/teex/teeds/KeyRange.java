package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.Arrays;

/**
 * Keys from one to another.
 *
 * @param from inclusive
 * @param to exclusive; empty for no upper end
 */
public record KeyRange(Bytes from, Bytes to) {
  private static final KeyRange ALL = new KeyRange(Bytes.EMPTY, Bytes.EMPTY);

  public static KeyRange all() {
    return ALL;
  }

  /** All keys that begin with {@code prefix}. */
  public static KeyRange prefix(Bytes prefix) {
    return new KeyRange(prefix, successor(prefix));
  }

  /** The same range without {@code key} and what lies before it. */
  public KeyRange after(Bytes key) {
    byte[] next = Arrays.copyOf(key.copy(), key.size() + 1);
    return new KeyRange(Bytes.of(next), to);
  }

  public boolean contains(Bytes key) {
    return key.compareTo(from) >= 0 && endsAfter(key);
  }

  boolean endsAfter(Bytes key) {
    return to.isEmpty() || key.compareTo(to) < 0;
  }

  /** The smallest key after all that begin with {@code prefix}; empty if there is none. */
  private static Bytes successor(Bytes prefix) {
    byte[] bytes = prefix.copy();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] != (byte) 0xff) {
        bytes[i]++;
        return Bytes.of(Arrays.copyOf(bytes, i + 1));
      }
    }
    return Bytes.EMPTY;
  }
}
