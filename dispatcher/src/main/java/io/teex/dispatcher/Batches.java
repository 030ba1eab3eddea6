package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher's chain of batches in the journal: those that landed, and at most one that is
 * under way. A batch is written before it is sent, so after a crash the same bytes are sent again.
 */
final class Batches {
  /**
   * Where the landed batches end.
   *
   * @param tasks settled by all of them
   */
  record Landed(long number, Bytes32 head, long tasks) {
    static final Landed NONE = new Landed(0, Bytes32.ZERO, 0);
  }

  private static final int TRANSACTIONS_SHOWN = 256;

  private final Journal journal;
  private final Domain domain;
  private Kept<Landed> landed = new Kept<>(Landed.NONE, 0);
  private @Nullable Kept<Batch> underWay;
  private final Deque<Bytes32> transactions = new ArrayDeque<>();
  private boolean read;

  Batches(Journal journal, Domain domain) {
    this.journal = journal;
    this.domain = domain;
  }

  synchronized Landed landed() {
    read();
    return landed.value();
  }

  synchronized Optional<Batch> underWay() {
    read();
    return Optional.ofNullable(underWay).map(Kept::value);
  }

  /** Notes a batch before it is sent. It stands in for the one under way, if there is one. */
  synchronized void begin(Batch batch) {
    read();
    Journal.Write write =
        journal
            .write()
            .put(
                Keys.batch(batch.number()),
                BatchRow.encode(batch, Bytes32.ZERO),
                underWay == null ? 0 : underWay.revision());
    if (underWay != null) {
      // It was signed, so somebody may still get it settled: then it counts after all.
      write.put(
          Keys.rival(batch.number(), underWay.value().hash(domain)),
          BatchRow.encode(underWay.value(), Bytes32.ZERO),
          0);
    }
    read = false;
    underWay = new Kept<>(batch, write.commit());
    read = true;
  }

  /** The batch of this number and header, given up or not, if it was ever signed here. */
  Optional<Batch> find(long number, Bytes32 header) {
    return journal
        .get(Keys.batch(number))
        .map(kept -> BatchRow.decode(kept.value()).batch())
        .filter(batch -> batch.hash(domain).equals(header))
        .or(() ->
            journal
                .get(Keys.rival(number, header))
                .map(kept -> BatchRow.decode(kept.value()).batch()));
  }

  /** A batch that landed. */
  Batch landed(long number) {
    return journal
        .get(Keys.batch(number))
        .map(kept -> BatchRow.decode(kept.value()).batch())
        .orElseThrow(() -> new TeexException(ErrorCode.STORE_CORRUPT, "no batch " + number));
  }

  /** Notes that a batch was settled, after its tasks were filed. */
  synchronized void end(Batch batch, Bytes32 transaction) {
    read();
    Landed next =
        new Landed(batch.number(), batch.hash(domain), landed.value().tasks() + batch.count());
    Bytes key = Keys.batch(batch.number());
    read = false;
    long revision =
        journal
            .write()
            .put(Keys.settled(), Bytes.of(TypedData.encode(next)), landed.revision())
            .put(
                key,
                BatchRow.encode(batch, transaction),
                underWay == null ? 0 : underWay.revision())
            .commit();
    landed = new Kept<>(next, revision);
    underWay = null;
    read = true;
    show(transaction);
  }

  /** A write that failed may have happened, so after one everything is read again. */
  private void read() {
    if (read) {
      return;
    }
    landed =
        journal
            .get(Keys.settled())
            .map(kept ->
                new Kept<>(TypedData.decode(Landed.class, kept.value().copy()), kept.revision()))
            .orElse(new Kept<>(Landed.NONE, 0));
    underWay =
        journal
            .get(Keys.batch(landed.value().number() + 1))
            .map(kept -> new Kept<>(BatchRow.decode(kept.value()).batch(), kept.revision()))
            .orElse(null);
    transactions.clear();
    long last = landed.value().number();
    for (long number = Math.max(1, last - TRANSACTIONS_SHOWN + 1); number <= last; number++) {
      journal
          .get(Keys.batch(number))
          .ifPresent(entry -> show(BatchRow.decode(entry.value()).transaction()));
    }
    read = true;
  }

  private void show(Bytes32 transaction) {
    transactions.addLast(transaction);
    if (transactions.size() > TRANSACTIONS_SHOWN) {
      transactions.removeFirst();
    }
  }

  /** The transactions of the newest batches, oldest first. */
  synchronized List<Bytes32> transactions() {
    read();
    return List.copyOf(transactions);
  }
}
