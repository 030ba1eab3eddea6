package io.teex.manager.testing;

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
import io.teex.teeds.StoreStatus;
import io.teex.teeds.StoreStatus.RollbackProtection;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** TEE-DS in a map, which can lose the answer of a transaction that it committed. */
public final class InMemoryStore implements Store {
  private final Map<Bytes, Entry> entries = new TreeMap<>();
  private long revision;
  private int transactions;
  private boolean losesNextAnswer;

  /** The next transaction happens, but its caller never hears of it. */
  public synchronized void loseNextAnswer() {
    losesNextAnswer = true;
  }

  public synchronized int transactions() {
    return transactions;
  }

  @Override
  public synchronized Optional<Entry> get(Bytes key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized Page range(KeyRange range, int limit) {
    List<Entry> all = entries.values().stream().filter(e -> range.contains(e.key())).toList();
    return new Page(all.subList(0, Math.min(limit, all.size())), all.size() > limit);
  }

  @Override
  public TransactionResult transact(RequestId id, Transaction transaction) {
    return transact(transaction);
  }

  @Override
  public synchronized TransactionResult transact(Transaction transaction) {
    transactions++;
    List<Entry> seen =
        transaction.comparisons().stream().flatMap(c -> get(c.key()).stream()).toList();
    boolean holds = transaction.comparisons().stream().allMatch(this::holds);
    List<Change> changes = holds ? transaction.then() : transaction.otherwise();
    if (!changes.isEmpty()) {
      revision++;
    }
    changes.forEach(this::apply);
    if (losesNextAnswer) {
      losesNextAnswer = false;
      throw new TeexException(ErrorCode.UNAVAILABLE, "the answer was lost");
    }
    return new TransactionResult(holds, revision, seen);
  }

  private boolean holds(Comparison comparison) {
    Optional<Entry> entry = get(comparison.key());
    return switch (comparison) {
      case Comparison.AtRevision at -> entry.map(Entry::revision).orElse(0L) == at.revision();
      case Comparison.HasValue has ->
          entry.map(Entry::value).filter(has.value()::equals).isPresent();
    };
  }

  private void apply(Change change) {
    switch (change) {
      case Change.Put put -> entries.put(put.key(), new Entry(put.key(), put.value(), revision));
      case Change.Delete delete -> entries.remove(delete.key());
    }
  }

  @Override
  public synchronized StoreStatus status() {
    return new StoreStatus(revision, 1, RollbackProtection.VOLATILE);
  }
}
