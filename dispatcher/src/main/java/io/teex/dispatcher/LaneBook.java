package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One lane: its ledger, its tasks by sequence, and what its sessions have spent. */
final class LaneBook extends Book {
  /** How much the orders of a session hold and cost together. */
  private record SpentRow(Amount spent) {}

  private final Address payer;
  private final int number;
  private final NavigableMap<Long, TaskId> sequences = new TreeMap<>();
  private final Map<Bytes32, Kept<Amount>> sessions = new HashMap<>();
  private @Nullable Lane lane;
  private long revision;
  private @Nullable Debit underWay;

  LaneBook(Journal journal, ConcurrentMap<TaskId, Book> index, Address payer, int number) {
    super(journal, index);
    this.payer = payer;
    this.number = number;
  }

  /** The ledger; empty if nothing was ever ordered here. */
  Optional<Lane> lane() {
    return with(() -> Optional.ofNullable(lane));
  }

  /**
   * Takes an order: its sequence, its money and the task itself in one write.
   *
   * @param task queued or leased
   * @throws TeexException {@code SEQUENCE_REUSED}, {@code SEQUENCE_GAP}, {@code
   *     ALLOWANCE_TOO_SMALL}, or {@code ALLOWANCE_TOO_SMALL} if its session has not enough left
   */
  void accept(Task task, Allowance allowance) {
    with(() -> {
      long sequence = task.order().value().sequence();
      Lane next = current(allowance).accept(sequence, task.held(), allowance);
      Journal.Write write =
          journal()
              .write()
              .put(Keys.lane(payer, number), row(next), revision)
              .put(key(task), TaskRow.encode(task), 0);
      LongConsumer spend = spend(write, task, Amount.ZERO, task.held());
      revision = commit(write);
      lane = next;
      spend.accept(revision);
      sequences.put(sequence, task.id());
      keep(task, revision);
      return task;
    });
  }

  /** The tasks that are done, from the one after the settled ones on, without a gap. */
  BatchPlan.DueLane due(int tasksMax) {
    return with(() -> {
      Lane now = lane == null ? Lane.idle(payer, number, 0) : lane;
      List<Task> done = new ArrayList<>();
      for (TaskId id : sequences.values()) {
        Optional<Task> task = kept(id);
        if (done.size() == tasksMax || task.isEmpty() || !task.get().state().isFinal()) {
          break;
        }
        done.add(task.get());
      }
      return new BatchPlan.DueLane(now, done);
    });
  }

  /** A batch with this debit may be sent from now on. Does nothing if that is known. */
  void launch(Debit debit) {
    with(() -> {
      if (!debit.equals(underWay) && required().settled() < debit.to()) {
        Lane launched = required().launch(debit.to(), debit.amount());
        underWay = debit;
        lane = launched;
      }
      return debit;
    });
  }

  /** The batch under way was given up for another. */
  void ground() {
    with(() -> {
      lane = required().ground();
      underWay = null;
      return payer;
    });
  }

  /** Says at a restart which batch is under way, before the book is first used. */
  void resume(Debit debit) {
    underWay = debit;
  }

  /** The batch under way was settled: files at most {@code tasksMax} of its tasks per write. */
  void land(SettledIn in, int tasksMax) {
    with(() -> {
      if (underWay == null) {
        return payer;
      }
      List<Task> settled = new ArrayList<>();
      for (TaskId id : sequences.headMap(underWay.to(), true).values()) {
        kept(id).ifPresent(settled::add);
      }
      while (settled.size() > tasksMax) {
        List<Task> some = settled.subList(0, tasksMax);
        file(some, in, journal().write());
        some.clear();
      }
      Lane landed = required().land();
      Journal.Write write = journal().write();
      write.put(Keys.lane(payer, number), row(landed), revision);
      revision = file(settled, in, write);
      lane = landed;
      underWay = null;
      return payer;
    });
  }

  private long file(Collection<Task> settled, SettledIn in, Journal.Write write) {
    long written = settle(settled, in, write);
    settled.forEach(task -> sequences.remove(task.order().value().sequence()));
    return written;
  }

  @Override
  void load() {
    sequences.clear();
    sessions.clear();
    Optional<Entry> kept = journal().get(Keys.lane(payer, number));
    lane = null;
    revision = 0;
    if (kept.isEmpty()) {
      return;
    }
    revision = kept.get().revision();
    for (Entry entry : journal().scan(Keys.sessions(payer, number))) {
      Bytes key = entry.key();
      sessions.put(
          new Bytes32(key.slice(key.size() - Bytes32.SIZE, key.size())),
          new Kept<>(
              TypedData.decode(SpentRow.class, entry.value().copy()).spent(), entry.revision()));
    }
    for (Entry entry : journal().scan(Keys.tasks(payer, number))) {
      Task task = TaskRow.decode(entry.value());
      sequences.put(task.order().value().sequence(), task.id());
      keep(task, entry.revision());
    }
    lane = rebuilt(TypedData.decode(LaneRow.class, kept.get().value().copy()));
  }

  /** The ledger follows from the tasks; of a batch under way some may be filed already. */
  private Lane rebuilt(LaneRow row) {
    if (underWay != null && underWay.to() <= row.settled()) {
      underWay = null;
    }
    long launched = underWay == null ? row.settled() : underWay.to();
    Amount held = Amount.ZERO;
    for (TaskId id : sequences.tailMap(launched, false).values()) {
      held = held.plus(kept(id).orElseThrow().held());
    }
    return new Lane(
        payer,
        number,
        row.next(),
        row.settled(),
        held,
        launched,
        underWay == null ? Amount.ZERO : underWay.amount());
  }

  @Override
  Bytes key(Task task) {
    return Keys.task(payer, number, task.order().value().sequence());
  }

  @Override
  LongConsumer adjust(Journal.Write write, Task before, Task after) {
    LongConsumer spend = spend(write, after, before.held(), after.held());
    return written -> {
      lane = required().lighten(before.held(), after.held());
      spend.accept(written);
    };
  }

  private LongConsumer spend(Journal.Write write, Task task, Amount before, Amount after) {
    if (task.session().isEmpty() || before.equals(after)) {
      return _ -> {};
    }
    Bytes32 session = task.sessionId();
    Kept<Amount> spent = sessions.getOrDefault(session, new Kept<>(Amount.ZERO, 0));
    Amount total = spent.value().minus(before).plus(after);
    requireCap(task, total);
    write.put(
        Keys.session(payer, number, session),
        Bytes.of(TypedData.encode(new SpentRow(total))),
        spent.revision());
    return written -> sessions.put(session, new Kept<>(total, written));
  }

  private static void requireCap(Task task, Amount total) {
    Session session = Signed.decode(Session.class, task.session().copy()).value();
    if (total.compareTo(session.cap()) > 0) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_TOO_SMALL,
          "the session's orders may cost %s together, with this one it were %s"
              .formatted(session.cap(), total));
    }
  }

  private Lane current(Allowance allowance) {
    return lane == null ? Lane.idle(payer, number, allowance.settledSequence()) : lane;
  }

  private Lane required() {
    if (lane == null) {
      throw new IllegalStateException("lane %s/%d was never used".formatted(payer, number));
    }
    return lane;
  }

  private static Bytes row(Lane lane) {
    return Bytes.of(TypedData.encode(new LaneRow(lane.next(), lane.settled())));
  }
}
