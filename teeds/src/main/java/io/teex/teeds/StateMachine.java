package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The state that commands lead to, a function of nothing but the commands in their order: every
 * replica that applies the same log, now or after a restart, gives the same answers. Owned by one
 * thread; the {@link #view()} may be read by all.
 */
final class StateMachine {
  /** Requests whose answers are remembered, and what the remembered entries may take. */
  static final int REQUESTS_MAX = 1 << 18;

  static final long REQUEST_BYTES_MAX = 64L << 20;

  /** The answer to a request that may be repeated. */
  record Remembered(RequestId id, Bytes32 digest, TransactionResult result) {
    private long seenBytes() {
      long bytes = 0;
      for (Entry entry : result.seen()) {
        bytes += entry.key().size() + entry.value().size();
      }
      return bytes;
    }
  }

  private final LinkedHashMap<RequestId, Remembered> requests = new LinkedHashMap<>();
  private final int requestsMax;
  private final long requestBytesMax;
  private long requestBytes;
  private View view = View.EMPTY;

  StateMachine() {
    this(REQUESTS_MAX, REQUEST_BYTES_MAX);
  }

  StateMachine(int requestsMax, long requestBytesMax) {
    this.requestsMax = requestsMax;
    this.requestBytesMax = requestBytesMax;
  }

  View view() {
    return view;
  }

  /** The remembered requests, oldest first. */
  List<Remembered> remembered() {
    return List.copyOf(requests.values());
  }

  /** Takes the state of a snapshot in the place of its own. */
  void restore(View snapshot, List<Remembered> remembered) {
    view = snapshot;
    requests.clear();
    requestBytes = 0;
    remembered.forEach(this::remember);
  }

  Outcome apply(Command command) {
    Remembered before = requests.get(command.id());
    if (before != null) {
      return before.digest().equals(command.digest())
          ? new Outcome.Applied(before.result())
          : new Outcome.Refused(
              ErrorCode.MALFORMED,
              "request %s was another transaction before".formatted(command.id()));
    }
    Outcome outcome = apply(command.transaction());
    if (outcome instanceof Outcome.Applied(var result) && !command.id().equals(RequestId.NONE)) {
      remember(new Remembered(command.id(), command.digest(), result));
    }
    return outcome;
  }

  private Outcome apply(Transaction transaction) {
    boolean succeeded = true;
    List<Entry> seen = new ArrayList<>();
    long seenBytes = 0;
    for (Comparison comparison : transaction.comparisons()) {
      Optional<Entry> entry = view.get(comparison.key());
      succeeded &= holds(comparison, entry);
      if (entry.isPresent()) {
        seen.add(entry.get());
        seenBytes += comparison.key().size() + entry.get().value().size();
      }
    }
    if (seenBytes > StoreLimits.TRANSACTION_BYTES_MAX) {
      return new Outcome.Refused(
          ErrorCode.MALFORMED,
          "the comparisons see entries of %,d bytes, at most %,d are answered"
              .formatted(seenBytes, StoreLimits.TRANSACTION_BYTES_MAX));
    }
    change(succeeded ? transaction.then() : transaction.otherwise());
    return new Outcome.Applied(new TransactionResult(succeeded, view.revision(), seen));
  }

  private static boolean holds(Comparison comparison, Optional<Entry> entry) {
    return switch (comparison) {
      case Comparison.AtRevision(var key, var revision) ->
          entry.map(Entry::revision).orElse(0L) == revision;
      case Comparison.HasValue(var key, var value) ->
          entry.map(Entry::value).filter(value::equals).isPresent();
    };
  }

  private void change(List<Change> changes) {
    long revision = view.revision() + 1;
    OrderedMap entries = view.entries();
    for (Change change : changes) {
      entries =
          switch (change) {
            case Change.Put(Bytes key, Bytes value) ->
                entries.with(new Entry(key, value, revision));
            case Change.Delete(Bytes key) -> entries.without(key);
          };
    }
    // A put always makes a new map, a delete of an absent key never does.
    if (entries != view.entries()) {
      view = new View(entries, revision);
    }
  }

  private void remember(Remembered request) {
    requests.put(request.id(), request);
    requestBytes += request.seenBytes();
    var oldest = requests.values().iterator();
    while (requests.size() > requestsMax || requestBytes > requestBytesMax) {
      requestBytes -= oldest.next().seenBytes();
      oldest.remove();
    }
  }
}
