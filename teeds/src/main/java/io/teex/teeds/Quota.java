package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How much one namespace may hold. It is looked at before a transaction is logged, so that what was
 * logged is applied in every replica; transactions that wait at the same time may together exceed
 * it by what the commit queue holds. Whatever frees bytes, or takes no more, is always let through.
 *
 * @param held bytes of keys and values in a range of the store
 * @param bytesMax keys and values of one namespace together
 */
public record Quota(ToLongFunction<KeyRange> held, long bytesMax) {
  /** No limit. */
  public static final Quota NONE = new Quota(range -> 0, Long.MAX_VALUE);

  /**
   * @param namespace all of its keys
   * @param transaction with keys as the store has them
   * @throws TeexException {@code STORE_FULL}
   */
  void require(Store store, KeyRange namespace, Transaction transaction) {
    long free = bytesMax - held.applyAsLong(namespace);
    if (exceeds(store, transaction.then(), free) || exceeds(store, transaction.otherwise(), free)) {
      throw new TeexException(
          ErrorCode.STORE_FULL,
          "this caller keeps %,d bytes in TEE-DS, of at most %,d (namespace.bytes-max): nothing is added until something is deleted"
              .formatted(bytesMax - free, bytesMax));
    }
  }

  private static boolean exceeds(Store store, List<Change> changes, long free) {
    if (put(changes) <= free) {
      return false;
    }
    long growth = put(changes) - replaced(store, changes);
    return growth > 0 && growth > free;
  }

  private static long put(List<Change> changes) {
    long bytes = 0;
    for (Change change : changes) {
      if (change instanceof Change.Put put) {
        bytes += put.key().size() + put.value().size();
      }
    }
    return bytes;
  }

  private static long replaced(Store store, List<Change> changes) {
    return changes.stream()
        .flatMap(change -> store.get(change.key()).stream())
        .mapToLong(entry -> entry.key().size() + entry.value().size())
        .sum();
  }
}
