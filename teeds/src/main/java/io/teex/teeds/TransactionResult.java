package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a transaction.
 *
 * @param succeeded whether all comparisons held
 * @param revision of the store after it; the transaction's own if it changed something
 * @param seen the entries that the comparisons saw, in the order of the comparisons, without the
 *     absent ones
 */
public record TransactionResult(boolean succeeded, long revision, List<Entry> seen) {
  public TransactionResult {
    seen = List.copyOf(seen);
  }

  /** What the comparison of {@code key} saw; empty if it was absent or not compared. */
  public Optional<Entry> seen(Bytes key) {
    return seen.stream().filter(entry -> entry.key().equals(key)).findFirst();
  }
}
