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

/** A store as one process sees it: each write is a step before and a step after. */
public final class MortalStore implements Store {
  private final Store store;
  private final Lifeline life;

  public MortalStore(Store store, Lifeline life) {
    this.store = store;
    this.life = life;
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
    life.step();
    requireAlive();
    TransactionResult result = store.transact(transaction);
    life.step();
    requireAlive();
    return result;
  }

  @Override
  public StoreStatus status() {
    requireAlive();
    return store.status();
  }

  private void requireAlive() {
    if (life.isOver()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the process is dead");
    }
  }
}
