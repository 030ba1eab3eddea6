package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Change;
import io.teex.teeds.Comparison;
import io.teex.teeds.Entry;
import io.teex.teeds.KeyRange;
import io.teex.teeds.Page;
import io.teex.teeds.Store;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dispatcher's durable state in TEE-DS.
 *
 * <p>Whoever opens the journal raises its epoch, and every write compares the epoch: a second
 * process of the same dispatcher, or one that was thought dead, cannot write any more. A write that
 * failed without an answer may have happened or may happen later; since every write also compares
 * the revisions of what it replaces, reading again and going on from there is always right.
 */
final class Journal {
  /** A number as it is stored. */
  private record Count(long value) {}

  /**
   * @param task a {@link TaskRow}
   */
  private record DoneRow(Bytes task, long batch, Bytes32 transaction) {}

  /** Two changes each, within what a transaction takes. */
  private static final int FORGOTTEN_PER_WRITE = 100;

  private final Store store;
  private final Retention retention;
  private final Runnable takenOver;
  private final long epoch;
  private final Bytes epochValue;

  private Journal(Store store, Retention retention, Runnable takenOver, long epoch) {
    this.store = store;
    this.retention = retention;
    this.takenOver = takenOver;
    this.epoch = epoch;
    this.epochValue = encode(epoch);
  }

  /**
   * Takes the journal over from whoever had it open.
   *
   * @param retention how long settled tasks can be asked for
   * @param takenOver what to do when the same happens to this one
   */
  static Journal open(Store store, Retention retention, Runnable takenOver) {
    Optional<Entry> last = store.get(Keys.epoch());
    long epoch = last.map(entry -> number(entry.value())).orElse(0L) + 1;
    boolean taken =
        store
            .transact(
                Transaction.when(Keys.epoch())
                    .revision(last.map(Entry::revision).orElse(0L))
                    .then(Change.put(Keys.epoch(), encode(epoch))))
            .succeeded();
    if (!taken) {
      throw new TeexException(
          ErrorCode.STORE_CONFLICT, "another process of this dispatcher starts at the same time");
    }
    return new Journal(store, retention, takenOver, epoch);
  }

  /** How many times this dispatcher was started; greater than in all processes before. */
  long epoch() {
    return epoch;
  }

  Optional<Entry> get(Bytes key) {
    return store.get(key);
  }

  /** All keys that begin with {@code prefix}, in order, with what lies there. */
  List<Entry> scan(Bytes prefix) {
    List<Entry> entries = new ArrayList<>();
    store.forEach(KeyRange.prefix(prefix), entries::add);
    return entries;
  }

  /**
   * Forgets the settled tasks whose time is over. They stay settled: a lane's sequences and a
   * request's escrow only go forward, and neither depends on what is forgotten here.
   */
  void forget() {
    KeyRange over = new KeyRange(Keys.forgets(), Keys.forgets(retention.now()));
    boolean more = true;
    while (more) {
      Page page = store.range(over, FORGOTTEN_PER_WRITE);
      Write write = new Write();
      page.entries().forEach(entry -> write.forget(entry.key()));
      if (!page.entries().isEmpty()) {
        write.commit();
      }
      more = page.more();
    }
  }

  /** The task as it was settled, if it was and is not forgotten. */
  Optional<SettledTask> settledTask(TaskId task) {
    return get(Keys.done(task)).map(Journal::settled);
  }

  /** The tasks that this batch settled, voids included. Reads all that are not forgotten. */
  List<Task> settledIn(long batch) {
    List<Task> tasks = new ArrayList<>();
    store.forEach(
        KeyRange.prefix(Keys.done()),
        kept -> {
          SettledTask settled = settled(kept);
          if (settled.in().batch() == batch) {
            tasks.add(settled.task());
          }
        });
    return tasks;
  }

  /** The settled task of this receipt. Reads all that are not forgotten. */
  Optional<SettledTask> settledReceipt(Domain domain, Bytes32 receipt) {
    List<SettledTask> found = new ArrayList<>();
    store.forEach(
        KeyRange.prefix(Keys.done()),
        kept -> {
          SettledTask settled = settled(kept);
          if (settled.task().state() instanceof TaskState.Acknowledged done
              && done.receipt().value().hash(domain).equals(receipt)) {
            found.add(settled);
          }
        });
    return found.stream().findFirst();
  }

  private static SettledTask settled(Entry kept) {
    DoneRow row = TypedData.decode(DoneRow.class, kept.value().copy());
    return new SettledTask(
        TaskRow.decode(row.task()), new SettledIn(row.batch(), row.transaction()));
  }

  /** The number at {@code key}; the revision is 0 if there is none. */
  Kept<Long> number(Bytes key, long otherwise) {
    return get(key)
        .map(kept -> new Kept<>(number(kept.value()), kept.revision()))
        .orElse(new Kept<>(otherwise, 0));
  }

  static Bytes encode(long number) {
    return Bytes.of(TypedData.encode(new Count(number)));
  }

  Write write() {
    return new Write();
  }

  private static long number(Bytes encoded) {
    return TypedData.decode(Count.class, encoded.copy()).value();
  }

  /** Changes that happen together or not at all. */
  final class Write {
    private final List<Comparison> expected = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    private Write() {
      expected.add(new Comparison.HasValue(Keys.epoch(), epochValue));
    }

    /**
     * @param revision of what lies there; 0 if nothing does
     */
    Write put(Bytes key, Bytes value, long revision) {
      expected.add(new Comparison.AtRevision(key, revision));
      changes.add(Change.put(key, value));
      return this;
    }

    Write delete(Bytes key, long revision) {
      expected.add(new Comparison.AtRevision(key, revision));
      changes.add(Change.delete(key));
      return this;
    }

    /** Files a task as settled, out of the way of the tasks that are not. */
    Write settle(SettledTask settled) {
      DoneRow row =
          new DoneRow(
              TaskRow.encode(settled.task()), settled.in().batch(), settled.in().transaction());
      TaskId task = settled.task().id();
      changes.add(Change.put(Keys.done(task), Bytes.of(TypedData.encode(row))));
      changes.add(Change.put(Keys.forget(retention.end(), task), Bytes.EMPTY));
      return this;
    }

    private void forget(Bytes key) {
      changes.add(Change.delete(key));
      changes.add(Change.delete(Keys.done(Keys.forgotten(key))));
    }

    /** Requires that nothing lies at {@code key}. */
    Write absent(Bytes key) {
      expected.add(new Comparison.AtRevision(key, 0));
      return this;
    }

    /**
     * Makes the changes durable.
     *
     * @return the revision of everything put
     * @throws TeexException {@code STORE_CONFLICT} if something else lies there than expected;
     *     {@code UNAVAILABLE} if there was no answer, so that it is not known whether it happened
     */
    long commit() {
      TransactionResult result = store.transact(new Transaction(expected, changes, List.of()));
      if (result.succeeded()) {
        return result.revision();
      }
      if (!result.seen(Keys.epoch()).map(Entry::value).equals(Optional.of(epochValue))) {
        takenOver.run();
        throw new TeexException(
            ErrorCode.UNAVAILABLE, "another process of this dispatcher took over");
      }
      throw new TeexException(
          ErrorCode.STORE_CONFLICT, "TEE-DS holds something newer than was known here: try again");
    }
  }
}
