package io.teex.dispatcher.testing;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.teeds.Entry;
import io.teex.teeds.KeyRange;
import io.teex.teeds.Page;
import io.teex.teeds.RequestId;
import io.teex.teeds.Store;
import io.teex.teeds.StoreStatus;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.Optional;

/** A store whose connection breaks at a chosen transaction. */
public final class FaultyStore implements Store {
  /** When it breaks, which the caller cannot tell apart. */
  public enum Moment {
    BEFORE_THE_WRITE,
    AFTER_THE_WRITE
  }

  /** What comes after. */
  public enum Aftermath {
    /** Everything else works. */
    DISTURBED,
    /** Nothing works any more, as when the process was killed. */
    DEAD
  }

  private final Store store;
  private final long failing;
  private final Moment moment;
  private final Aftermath aftermath;
  private long transactions;

  /**
   * @param failing the transaction that fails, from 1 on
   */
  public FaultyStore(Store store, long failing, Moment moment, Aftermath aftermath) {
    this.store = store;
    this.failing = failing;
    this.moment = moment;
    this.aftermath = aftermath;
  }

  /** Whether the failure happened. */
  public boolean failed() {
    return transactions >= failing;
  }

  @Override
  public Optional<Entry> get(Bytes key) {
    requireAlive();
    return store.get(key);
  }

  @Override
  public Page range(KeyRange range, int limit) {
    requireAlive();
    return store.range(range, limit);
  }

  @Override
  public TransactionResult transact(RequestId id, Transaction transaction) {
    return transact(transaction);
  }

  @Override
  public TransactionResult transact(Transaction transaction) {
    requireAlive();
    if (++transactions != failing) {
      return store.transact(transaction);
    }
    if (moment == Moment.AFTER_THE_WRITE) {
      store.transact(transaction);
    }
    throw new TeexException(ErrorCode.UNAVAILABLE, "the store does not answer");
  }

  @Override
  public StoreStatus status() {
    requireAlive();
    return store.status();
  }

  private void requireAlive() {
    if (aftermath == Aftermath.DEAD && failed()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the process is dead");
    }
  }
}
