package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Debit;
import io.teex.protocol.TaskId;
import io.teex.teeds.Entry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * All books of a dispatcher. What it holds in memory is what the journal says, so after a crash it
 * is as it was.
 */
final class Ledger {
  private record LaneId(Address payer, int number) {}

  private final Journal journal;
  private final ConcurrentMap<TaskId, Book> index = new ConcurrentHashMap<>();
  private final ConcurrentMap<LaneId, LaneBook> lanes = new ConcurrentHashMap<>();
  private final RequestBook requests;

  private Ledger(Journal journal) {
    this.journal = journal;
    this.requests = new RequestBook(journal, index);
  }

  /**
   * Reads the ledger.
   *
   * @param underWay the debits of the batch that may have been sent
   */
  static Ledger open(Journal journal, List<Debit> underWay) {
    Ledger ledger = new Ledger(journal);
    underWay.forEach(debit -> ledger.lane(debit.payer(), debit.lane()).resume(debit));
    Bytes prefix = Keys.lanes();
    for (Entry entry : journal.scan(prefix)) {
      Bytes id = entry.key().slice(prefix.size(), entry.key().size());
      Address payer = new Address(id.slice(0, Address.SIZE));
      int number = ByteBuffer.wrap(id.slice(Address.SIZE, id.size()).copy()).getInt();
      ledger.lane(payer, number).tasks();
    }
    ledger.requests.tasks();
    return ledger;
  }

  LaneBook lane(Address payer, int number) {
    return lanes.computeIfAbsent(
        new LaneId(payer, number), id -> new LaneBook(journal, index, payer, number));
  }

  /** The ledger of a lane that orders were taken in. */
  Optional<Lane> openLane(Address payer, int number) {
    return Optional.ofNullable(lanes.get(new LaneId(payer, number))).flatMap(LaneBook::lane);
  }

  Collection<LaneBook> lanes() {
    return lanes.values();
  }

  RequestBook requests() {
    return requests;
  }

  /** The book that has the task; empty if it is unknown or settled. */
  Optional<Book> bookOf(TaskId id) {
    return Optional.ofNullable(index.get(id));
  }

  /** The task; empty if it is unknown or settled. */
  Optional<Task> find(TaskId id) {
    return bookOf(id).flatMap(book -> book.find(id));
  }

  Optional<SettledTask> findSettled(TaskId id) {
    return journal.settledTask(id);
  }

  /** See {@link Journal#forget}. */
  void forget() {
    journal.forget();
  }

  /** See {@link Book#await}. */
  Optional<Task> await(TaskId id, Predicate<Task> condition, Duration wait)
      throws InterruptedException {
    Optional<Book> book = bookOf(id);
    return book.isEmpty() ? Optional.empty() : book.get().await(id, condition, wait);
  }

  /** All tasks that are not settled. */
  List<Task> tasks() {
    return index.keySet().stream().flatMap(id -> find(id).stream()).toList();
  }
}
