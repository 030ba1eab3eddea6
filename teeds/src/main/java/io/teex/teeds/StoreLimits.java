package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a store takes; everything beyond is {@code MALFORMED}, with the limit in the message. */
public final class StoreLimits {
  public static final int KEY_BYTES_MAX = 1 << 10;
  public static final int VALUE_BYTES_MAX = 1 << 20;

  /** Changes in each branch of a transaction, and comparisons. */
  public static final int TRANSACTION_WRITES_MAX = 256;

  /** Keys and values of a transaction together, and those that its comparisons see. */
  public static final int TRANSACTION_BYTES_MAX = 4 << 20;

  public static final int RANGE_ENTRIES_MAX = 1_000;

  /** A page ends before it exceeds this, unless it has one entry only. */
  public static final int RANGE_BYTES_MAX = 1 << 20;

  /** What a namespace adds to its callers' keys. */
  static final int NAMESPACE_BYTES_MAX = 64;

  /** Keys as they are stored, with their namespace. */
  public static final int STORED_KEY_BYTES_MAX = KEY_BYTES_MAX + NAMESPACE_BYTES_MAX;

  private StoreLimits() {}

  static void requireKey(Bytes key) {
    requireKey(key, KEY_BYTES_MAX);
  }

  static void requireRange(KeyRange range, int limit) {
    requireRange(range, limit, KEY_BYTES_MAX);
  }

  static void requireTransaction(Transaction transaction) {
    requireTransaction(transaction, KEY_BYTES_MAX);
  }

  public static void requireKey(Bytes key, int bytesMax) {
    if (key.isEmpty() || key.size() > bytesMax) {
      throw malformed("a key of %,d bytes, expected 1 to %,d".formatted(key.size(), bytesMax));
    }
  }

  public static void requireRange(KeyRange range, int limit, int keyBytesMax) {
    // One more, since the range after a key begins with that key and a zero.
    for (Bytes end : List.of(range.from(), range.to())) {
      if (end.size() > keyBytesMax + 1) {
        throw malformed(
            "a range ends with a key of %,d bytes, at most %,d are taken"
                .formatted(end.size(), keyBytesMax));
      }
    }
    if (limit < 1 || limit > RANGE_ENTRIES_MAX) {
      throw malformed(
          "a range of %,d entries, expected 1 to %,d".formatted(limit, RANGE_ENTRIES_MAX));
    }
  }

  public static void requireTransaction(Transaction transaction, int keyBytesMax) {
    requireCount("comparisons", transaction.comparisons().size());
    long bytes = 0;
    for (Comparison comparison : transaction.comparisons()) {
      requireKey(comparison.key(), keyBytesMax);
      bytes += comparison.key().size();
      if (comparison instanceof Comparison.HasValue expected) {
        bytes += requireValue(expected.value());
      }
    }
    bytes += requireChanges("writes if the comparisons hold", transaction.then(), keyBytesMax);
    bytes += requireChanges("writes otherwise", transaction.otherwise(), keyBytesMax);
    if (bytes > TRANSACTION_BYTES_MAX) {
      throw malformed(
          "a transaction of %,d bytes, at most %,d are taken"
              .formatted(bytes, TRANSACTION_BYTES_MAX));
    }
  }

  private static long requireChanges(String what, List<Change> changes, int keyBytesMax) {
    requireCount(what, changes.size());
    Set<Bytes> keys = new HashSet<>();
    long bytes = 0;
    for (Change change : changes) {
      requireKey(change.key(), keyBytesMax);
      if (!keys.add(change.key())) {
        throw malformed("a transaction writes a key twice");
      }
      bytes += change.key().size();
      if (change instanceof Change.Put put) {
        bytes += requireValue(put.value());
      }
    }
    return bytes;
  }

  private static int requireValue(Bytes value) {
    if (value.size() > VALUE_BYTES_MAX) {
      throw malformed(
          "a value of %,d bytes, at most %,d are taken".formatted(value.size(), VALUE_BYTES_MAX));
    }
    return value.size();
  }

  private static void requireCount(String what, int count) {
    if (count > TRANSACTION_WRITES_MAX) {
      throw malformed(
          "a transaction of %,d %s, at most %,d are taken"
              .formatted(count, what, TRANSACTION_WRITES_MAX));
    }
  }

  private static TeexException malformed(String message) {
    return new TeexException(ErrorCode.MALFORMED, message);
  }
}
