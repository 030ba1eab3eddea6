package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
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
  private record Number(long value) {}

  /**
   * @param task a {@link TaskRow}
   */
  private record DoneRow(Bytes task, long batch, Bytes32 transaction) {}

  private final StateStore store;
  private final Keys keys;
  private final Runnable takenOver;
  private final long epoch;
  private final byte[] epochValue;

  private Journal(StateStore store, Keys keys, Runnable takenOver, long epoch) {
    this.store = store;
    this.keys = keys;
    this.takenOver = takenOver;
    this.epoch = epoch;
    this.epochValue = TypedData.encode(new Number(epoch));
  }

  /**
   * Takes the journal over from whoever had it open.
   *
   * @param takenOver what to do when the same happens to this one
   */
  static Journal open(StateStore store, Keys keys, Runnable takenOver) {
    Optional<Kept<byte[]>> last = store.get(keys.epoch());
    long epoch = last.map(kept -> number(kept.value())).orElse(0L) + 1;
    store.write(
        List.of(
            new StateStore.Expected.Revision(keys.epoch(), last.map(Kept::revision).orElse(0L))),
        List.of(new StateStore.Change.Put(keys.epoch(), TypedData.encode(new Number(epoch)))));
    return new Journal(store, keys, takenOver, epoch);
  }

  Keys keys() {
    return keys;
  }

  /** How many times this dispatcher was started; greater than in all processes before. */
  long epoch() {
    return epoch;
  }

  Optional<Kept<byte[]>> get(Bytes key) {
    return store.get(key);
  }

  /** All keys that begin with {@code prefix}, in order, with what lies there. */
  List<StateStore.Entry> scan(Bytes prefix) {
    return store.scan(prefix);
  }

  /** The task as it was settled, if it was. */
  Optional<SettledTask> settledTask(TaskId task) {
    return get(keys.done(task))
        .map(kept -> {
          DoneRow row = TypedData.decode(DoneRow.class, kept.value());
          return new SettledTask(
              TaskRow.decode(row.task().copy()), new SettledIn(row.batch(), row.transaction()));
        });
  }

  /** The number at {@code key}; the revision is 0 if there is none. */
  Kept<Long> number(Bytes key, long otherwise) {
    return get(key)
        .map(kept -> new Kept<>(number(kept.value()), kept.revision()))
        .orElse(new Kept<>(otherwise, 0));
  }

  static byte[] encode(long number) {
    return TypedData.encode(new Number(number));
  }

  Write write() {
    return new Write();
  }

  private static long number(byte[] encoded) {
    return TypedData.decode(Number.class, encoded).value();
  }

  /** Changes that happen together or not at all. */
  final class Write {
    private final List<StateStore.Expected> expected = new ArrayList<>();
    private final List<StateStore.Change> changes = new ArrayList<>();

    private Write() {
      expected.add(new StateStore.Expected.Value(keys.epoch(), epochValue));
    }

    /**
     * @param revision of what lies there; 0 if nothing does
     */
    Write put(Bytes key, byte[] value, long revision) {
      expected.add(new StateStore.Expected.Revision(key, revision));
      changes.add(new StateStore.Change.Put(key, value));
      return this;
    }

    Write delete(Bytes key, long revision) {
      expected.add(new StateStore.Expected.Revision(key, revision));
      changes.add(new StateStore.Change.Delete(key));
      return this;
    }

    /** Files a task as settled, out of the way of the tasks that are not. */
    Write settle(SettledTask settled) {
      changes.add(
          new StateStore.Change.Put(
              keys.done(settled.task().id()),
              TypedData.encode(
                  new DoneRow(
                      Bytes.of(TaskRow.encode(settled.task())),
                      settled.in().batch(),
                      settled.in().transaction()))));
      return this;
    }

    /** Requires that nothing lies at {@code key}. */
    Write absent(Bytes key) {
      expected.add(new StateStore.Expected.Revision(key, 0));
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
      try {
        return store.write(expected, changes);
      } catch (TeexException e) {
        if (e.code() == ErrorCode.STORE_CONFLICT && number(keys.epoch(), 0).value() != epoch) {
          takenOver.run();
          throw new TeexException(
              ErrorCode.UNAVAILABLE, "another process of this dispatcher took over", e);
        }
        throw e;
      }
    }
  }
}
