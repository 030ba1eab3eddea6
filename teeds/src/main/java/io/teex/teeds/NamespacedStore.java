package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * The part of a store whose keys begin with a prefix, as a store of its own: its callers neither
 * see nor name the prefix, so they cannot leave it.
 */
final class NamespacedStore implements Store {
  private final Store store;
  private final Bytes prefix;
  private final Quota quota;

  /**
   * @param prefix at most {@link StoreLimits#NAMESPACE_BYTES_MAX}, and no prefix of another
   *     namespace's
   */
  NamespacedStore(Store store, Bytes prefix, Quota quota) {
    StoreLimits.requireKey(prefix, StoreLimits.NAMESPACE_BYTES_MAX);
    this.store = store;
    this.prefix = prefix;
    this.quota = quota;
  }

  @Override
  public Optional<Entry> get(Bytes key) {
    StoreLimits.requireKey(key);
    return store.get(inside(key)).map(this::outside);
  }

  @Override
  public Page range(KeyRange range, int limit) {
    StoreLimits.requireRange(range, limit);
    Bytes to = range.to().isEmpty() ? KeyRange.prefix(prefix).to() : inside(range.to());
    Page page = store.range(new KeyRange(inside(range.from()), to), limit);
    return new Page(outside(page.entries()), page.more());
  }

  @Override
  public TransactionResult transact(RequestId id, Transaction transaction) {
    StoreLimits.requireTransaction(transaction);
    return outside(store.transact(id, withinQuota(inside(transaction))));
  }

  @Override
  public TransactionResult transact(Transaction transaction) {
    StoreLimits.requireTransaction(transaction);
    return outside(store.transact(withinQuota(inside(transaction))));
  }

  @Override
  public StoreStatus status() {
    return store.status();
  }

  private Transaction withinQuota(Transaction transaction) {
    quota.require(store, KeyRange.prefix(prefix), transaction);
    return transaction;
  }

  private Bytes inside(Bytes key) {
    return Bytes.concat(prefix, key);
  }

  private Transaction inside(Transaction transaction) {
    return new Transaction(
        transaction.comparisons().stream().map(this::inside).toList(),
        insideAll(transaction.then()),
        insideAll(transaction.otherwise()));
  }

  private Comparison inside(Comparison comparison) {
    return switch (comparison) {
      case Comparison.AtRevision(var key, var revision) ->
          new Comparison.AtRevision(inside(key), revision);
      case Comparison.HasValue(var key, var value) -> new Comparison.HasValue(inside(key), value);
    };
  }

  private List<Change> insideAll(List<Change> changes) {
    return changes.stream().map(this::inside).toList();
  }

  private Change inside(Change change) {
    return switch (change) {
      case Change.Put(var key, var value) -> Change.put(inside(key), value);
      case Change.Delete(var key) -> Change.delete(inside(key));
    };
  }

  private TransactionResult outside(TransactionResult result) {
    return new TransactionResult(result.succeeded(), result.revision(), outside(result.seen()));
  }

  private List<Entry> outside(List<Entry> entries) {
    return entries.stream().map(this::outside).toList();
  }

  private Entry outside(Entry entry) {
    Bytes key = entry.key();
    return new Entry(key.slice(prefix.size(), key.size()), entry.value(), entry.revision());
  }
}
