package io.teex.teeds.testing;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.teeds.Change;
import io.teex.teeds.Comparison;
import io.teex.teeds.Entry;
import io.teex.teeds.KeyRange;
import io.teex.teeds.Page;
import io.teex.teeds.RequestId;
import io.teex.teeds.Store;
import io.teex.teeds.StoreLimits;
import io.teex.teeds.StoreStatus;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store that forgets everything with its process, and the plainest statement of what a store
 * does: the real ones are tested against it. It remembers every request for ever. It can be told to
 * fail, before or after a transaction took effect.
 */
public final class InMemoryStore implements Store {
  private record Answered(Transaction transaction, TransactionResult result) {}

  private final TreeMap<Bytes, Entry> entries = new TreeMap<>();
  private final Map<RequestId, Answered> answered = new HashMap<>();
  private long revision;
  private int failuresBefore;
  private int failuresAfter;

  /** The next {@code count} transactions are {@code UNAVAILABLE} and do not happen. */
  public synchronized void failBefore(int count) {
    failuresBefore = count;
  }

  /** The next {@code count} transactions happen, and are then {@code UNAVAILABLE}. */
  public synchronized void failAfter(int count) {
    failuresAfter = count;
  }

  @Override
  public synchronized Optional<Entry> get(Bytes key) {
    StoreLimits.requireKey(key, StoreLimits.STORED_KEY_BYTES_MAX);
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized Page range(KeyRange range, int limit) {
    StoreLimits.requireRange(range, limit, StoreLimits.STORED_KEY_BYTES_MAX);
    List<Entry> page = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : entries.tailMap(range.from(), true).values()) {
      if (!range.contains(entry.key())) {
        break;
      }
      bytes += entry.key().size() + entry.value().size();
      boolean full = bytes > StoreLimits.RANGE_BYTES_MAX && !page.isEmpty();
      if (full || page.size() == limit) {
        return new Page(page, true);
      }
      page.add(entry);
    }
    return new Page(page, false);
  }

  @Override
  public synchronized TransactionResult transact(RequestId id, Transaction transaction) {
    Answered before = answered.get(id);
    if (before != null) {
      if (!before.transaction().equals(transaction)) {
        throw new TeexException(
            ErrorCode.MALFORMED, "request %s was another transaction before".formatted(id));
      }
      return before.result();
    }
    StoreLimits.requireTransaction(transaction, StoreLimits.STORED_KEY_BYTES_MAX);
    if (failuresBefore > 0) {
      failuresBefore--;
      throw new TeexException(ErrorCode.UNAVAILABLE, "told to fail before the transaction");
    }
    TransactionResult result = apply(transaction);
    answered.put(id, new Answered(transaction, result));
    failAfterwards();
    return result;
  }

  @Override
  public synchronized TransactionResult transact(Transaction transaction) {
    StoreLimits.requireTransaction(transaction, StoreLimits.STORED_KEY_BYTES_MAX);
    if (failuresBefore > 0) {
      failuresBefore--;
      throw new TeexException(ErrorCode.UNAVAILABLE, "told to fail before the transaction");
    }
    TransactionResult result = apply(transaction);
    failAfterwards();
    return result;
  }

  private void failAfterwards() {
    if (failuresAfter > 0) {
      failuresAfter--;
      throw new TeexException(ErrorCode.UNAVAILABLE, "told to fail after the transaction");
    }
  }

  private TransactionResult apply(Transaction transaction) {
    List<Entry> seen = new ArrayList<>();
    boolean succeeded = true;
    long seenBytes = 0;
    for (Comparison comparison : transaction.comparisons()) {
      Optional<Entry> entry = Optional.ofNullable(entries.get(comparison.key()));
      entry.ifPresent(seen::add);
      seenBytes += entry.map(e -> e.key().size() + e.value().size()).orElse(0);
      succeeded &=
          switch (comparison) {
            case Comparison.AtRevision(Bytes key, long at) ->
                entry.map(Entry::revision).orElse(0L) == at;
            case Comparison.HasValue(Bytes key, Bytes value) ->
                entry.isPresent() && entry.get().value().equals(value);
          };
    }
    if (seenBytes > StoreLimits.TRANSACTION_BYTES_MAX) {
      throw new TeexException(ErrorCode.MALFORMED, "the comparisons see too much");
    }
    change(succeeded ? transaction.then() : transaction.otherwise());
    return new TransactionResult(succeeded, revision, seen);
  }

  private void change(List<Change> changes) {
    boolean changed = false;
    for (Change change : changes) {
      switch (change) {
        case Change.Put(Bytes key, Bytes value) -> {
          entries.put(key, new Entry(key, value, revision + 1));
          changed = true;
        }
        case Change.Delete(Bytes key) -> changed |= entries.remove(key) != null;
      }
    }
    if (changed) {
      revision++;
    }
  }

  @Override
  public synchronized StoreStatus status() {
    return new StoreStatus(revision, 1, StoreStatus.RollbackProtection.VOLATILE);
  }
}
