package io.teex.chain;

import io.teex.protocol.Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A value in Recursive Length Prefix encoding. Only the one shortest encoding of a value is read,
 * so that what was read can be hashed as what was meant.
 */
sealed interface RlpItem {
  record Text(Bytes value) implements RlpItem {}

  record Items(List<RlpItem> items) implements RlpItem {
    public Items {
      items = List.copyOf(items);
    }
  }

  /**
   * @throws IllegalArgumentException if it is not one value from end to end
   */
  static RlpItem decode(Bytes encoded) {
    Reader reader = new Reader(encoded.copy());
    RlpItem item = reader.next(reader.data.length, 0);
    if (reader.at != reader.data.length) {
      throw new IllegalArgumentException("bytes after the RLP value");
    }
    return item;
  }

  /** The value as a list. */
  default List<RlpItem> list() {
    if (this instanceof Items(List<RlpItem> items)) {
      return items;
    }
    throw new IllegalArgumentException("an RLP string where a list is expected");
  }

  /** The value as a string. */
  default Bytes text() {
    if (this instanceof Text(Bytes value)) {
      return value;
    }
    throw new IllegalArgumentException("an RLP list where a string is expected");
  }

  /** The value as a number. */
  default BigInteger number() {
    return new BigInteger(1, text().copy());
  }

  /** The encoding that it was read from. */
  default Bytes encoded() {
    return switch (this) {
      case Text(Bytes value) -> Bytes.of(Rlp.string(value));
      case Items(List<RlpItem> items) ->
          Bytes.of(Rlp.list(items.stream().map(item -> item.encoded().copy()).toList()));
    };
  }

  /** Reads values one after the other. */
  final class Reader {
    private static final int STRING = 0x80;
    private static final int LONG_STRING = 0xb8;
    private static final int LIST = 0xc0;
    private static final int LONG_LIST = 0xf8;
    private static final int SHORT_MAX = 55;
    private static final int DEPTH_MAX = 16;

    private final byte[] data;
    private int at;

    private Reader(byte[] data) {
      this.data = data;
    }

    private RlpItem next(int end, int depth) {
      if (at >= end) {
        throw new IllegalArgumentException("the RLP value ends too early");
      }
      int first = data[at++] & 0xff;
      if (first < STRING) {
        return new Text(Bytes.of((byte) first));
      }
      if (first < LIST) {
        return string(
            first < LONG_STRING ? first - STRING : size(first - LONG_STRING + 1, end), end);
      }
      int size = first < LONG_LIST ? first - LIST : size(first - LONG_LIST + 1, end);
      return list(bounded(size, end), depth);
    }

    private RlpItem string(int size, int end) {
      int to = bounded(size, end);
      if (size == 1 && (data[at] & 0xff) < STRING) {
        throw new IllegalArgumentException("an RLP string of one byte with a prefix");
      }
      Bytes value = Bytes.of(java.util.Arrays.copyOfRange(data, at, to));
      at = to;
      return new Text(value);
    }

    private RlpItem list(int to, int depth) {
      if (depth == DEPTH_MAX) {
        throw new IllegalArgumentException("RLP lists in lists, too deep");
      }
      List<RlpItem> items = new ArrayList<>();
      while (at < to) {
        items.add(next(to, depth + 1));
      }
      return new Items(items);
    }

    private int bounded(int size, int end) {
      if (size > end - at) {
        throw new IllegalArgumentException("the RLP value ends too early");
      }
      return at + size;
    }

    private int size(int digits, int end) {
      if (digits > 3 || digits > end - at || data[at] == 0) {
        throw new IllegalArgumentException("an RLP length that is too long or not the shortest");
      }
      int size = 0;
      for (int i = 0; i < digits; i++) {
        size = size << 8 | (data[at++] & 0xff);
      }
      if (size <= SHORT_MAX) {
        throw new IllegalArgumentException("an RLP length that is not the shortest");
      }
      return size;
    }
  }
}
