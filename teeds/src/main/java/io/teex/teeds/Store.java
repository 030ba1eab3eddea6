package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.TeexException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An ordered key-value store. Guarantees: reads and transactions are linearizable; a transaction is
 * atomic, and durable when it answers. Keys are ordered as unsigned bytes. Every transaction that
 * changes something has a revision of its own, one more than the last; an entry carries the
 * revision that made its value, and no two changes of a key share one.
 *
 * <p>All methods block, are safe for use by many threads, and fail with {@link TeexException}:
 * {@code MALFORMED} beyond a limit ({@link StoreLimits}), {@code UNAVAILABLE} if the store cannot
 * answer now. After {@code UNAVAILABLE} a transaction may or may not have happened, or still
 * happen: repeat it with the same {@link RequestId} to find out.
 */
public interface Store {
  /** The entry of a key, if there is one. */
  Optional<Entry> get(Bytes key);

  /**
   * The first entries of a range in the order of their keys, all of one revision of the store.
   *
   * @param limit entries at most, 1 to {@link StoreLimits#RANGE_ENTRIES_MAX}; a page also ends at
   *     {@link StoreLimits#RANGE_BYTES_MAX}
   */
  Page range(KeyRange range, int limit);

  /**
   * Compares, then changes.
   *
   * @param id of this request: while the store remembers it, a repetition changes nothing and gets
   *     the first answer again. Another request under the same id is {@code MALFORMED}
   */
  TransactionResult transact(RequestId id, Transaction transaction);

  /** As {@link #transact(RequestId, Transaction)}, for a caller that will not repeat it. */
  TransactionResult transact(Transaction transaction);

  /** How far the store is, and what protects it. */
  StoreStatus status();

  /** Makes {@code value} the value of a key. */
  default TransactionResult put(Bytes key, Bytes value) {
    return transact(Transaction.of(Change.put(key, value)));
  }

  /** Removes a key; removing an absent one changes nothing. */
  default TransactionResult delete(Bytes key) {
    return transact(Transaction.of(Change.delete(key)));
  }

  /**
   * Visits a range of any size, page by page. Each page is consistent in itself; writes in between
   * may be seen or not.
   */
  default void forEach(KeyRange range, Consumer<Entry> visitor) {
    KeyRange rest = range;
    while (true) {
      Page page = range(rest, StoreLimits.RANGE_ENTRIES_MAX);
      page.entries().forEach(visitor);
      if (!page.more()) {
        return;
      }
      rest = rest.after(page.entries().getLast().key());
    }
  }
}
