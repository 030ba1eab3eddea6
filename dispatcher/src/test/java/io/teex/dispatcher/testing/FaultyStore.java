package io.teex.dispatcher.testing;

import io.teex.dispatcher.Kept;
import io.teex.dispatcher.StateStore;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.List;
import java.util.Optional;

/** A store whose connection breaks once, at a chosen write. */
public final class FaultyStore implements StateStore {
  /** When the connection breaks, which the caller cannot tell apart. */
  public enum Moment {
    BEFORE_THE_WRITE,
    AFTER_THE_WRITE
  }

  private final StateStore store;
  private final long failing;
  private final Moment moment;
  private final boolean forGood;
  private long writes;
  private boolean broken;

  /**
   * @param failing the write that fails, from 1 on
   * @param forGood whether nothing works any more after it, as when the process was killed
   */
  public FaultyStore(StateStore store, long failing, Moment moment, boolean forGood) {
    this.store = store;
    this.failing = failing;
    this.moment = moment;
    this.forGood = forGood;
  }

  /** Whether the failure happened. */
  public boolean failed() {
    return writes >= failing;
  }

  @Override
  public Optional<Kept<byte[]>> get(Bytes key) {
    requireAlive();
    return store.get(key);
  }

  @Override
  public List<Entry> scan(Bytes prefix) {
    requireAlive();
    return store.scan(prefix);
  }

  @Override
  public long write(List<Expected> expected, List<Change> changes) {
    requireAlive();
    if (++writes != failing) {
      return store.write(expected, changes);
    }
    if (moment == Moment.AFTER_THE_WRITE) {
      store.write(expected, changes);
    }
    broken = forGood;
    throw new TeexException(ErrorCode.UNAVAILABLE, "the store does not answer");
  }

  private void requireAlive() {
    if (broken) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the process is dead");
    }
  }
}
