package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Compare, then change: if all comparisons hold, the changes of {@code then} are made, else those
 * of {@code otherwise}; in both cases all of them or none. A key appears once in each list.
 *
 * <pre>{@code
 * Transaction.when(lane).revision(seen).and(task).absent()
 *     .then(put(lane, locked), put(task, order));
 * }</pre>
 */
public record Transaction(List<Comparison> comparisons, List<Change> then, List<Change> otherwise) {
  public Transaction {
    comparisons = List.copyOf(comparisons);
    then = List.copyOf(then);
    otherwise = List.copyOf(otherwise);
  }

  /** Changes whatever is there. */
  public static Transaction of(Change... changes) {
    return new Transaction(List.of(), List.of(changes), List.of());
  }

  public static Condition when(Bytes key) {
    return new Conditions(List.of()).and(key);
  }

  /** The same transaction with other changes for the case that a comparison fails. */
  public Transaction otherwise(Change... changes) {
    return new Transaction(comparisons, then, List.of(changes));
  }

  /** What is expected of one key. */
  public static final class Condition {
    private final Conditions before;
    private final Bytes key;

    private Condition(Conditions before, Bytes key) {
      this.before = before;
      this.key = key;
    }

    public Conditions absent() {
      return revision(0);
    }

    /** The key was last changed at {@code revision}; 0 if it is absent. */
    public Conditions revision(long revision) {
      return before.with(new Comparison.AtRevision(key, revision));
    }

    public Conditions value(Bytes value) {
      return before.with(new Comparison.HasValue(key, value));
    }
  }

  /** What is expected of all keys so far. */
  public static final class Conditions {
    private final List<Comparison> comparisons;

    private Conditions(List<Comparison> comparisons) {
      this.comparisons = comparisons;
    }

    private Conditions with(Comparison comparison) {
      List<Comparison> all = new ArrayList<>(comparisons);
      all.add(comparison);
      return new Conditions(all);
    }

    public Condition and(Bytes key) {
      return new Condition(this, key);
    }

    public Transaction then(Change... changes) {
      return then(List.of(changes));
    }

    public Transaction then(List<Change> changes) {
      return new Transaction(comparisons, changes, List.of());
    }
  }
}
