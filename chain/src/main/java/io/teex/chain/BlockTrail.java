package io.teex.chain;

import io.teex.protocol.Bytes32;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The newest blocks that somebody saw and acted upon, to tell what a reorganisation has undone.
 * Used by one thread.
 */
public final class BlockTrail {
  private record Seen(long number, Bytes32 hash) {}

  /**
   * What became of the blocks that were seen.
   *
   * @param kept the newest that is still on the chain, as far as is remembered; what was read above
   *     it has to be read again
   * @param undone whether there was a newer one
   */
  public record Followed(long kept, boolean undone) {}

  private final int length;
  private final Deque<Seen> newestFirst = new ArrayDeque<>();

  /**
   * @param length how many are remembered
   */
  public BlockTrail(int length) {
    this.length = length;
  }

  /**
   * Goes on to what is the newest block now.
   *
   * @param hashAt the hash of a block at or below it
   */
  public Followed follow(long newest, Bytes32 hash, LongFunction<Optional<Bytes32>> hashAt) {
    boolean undone = false;
    long lowest = newestFirst.isEmpty() ? newest : newestFirst.getLast().number();
    while (!newestFirst.isEmpty() && !isThere(newestFirst.getFirst(), newest, hash, hashAt)) {
      newestFirst.removeFirst();
      undone = true;
    }
    // Nothing that is remembered is left: it goes deeper than the oldest.
    long kept = newestFirst.isEmpty() ? Math.max(-1, lowest - 1) : newestFirst.getFirst().number();
    if (newestFirst.isEmpty() || newestFirst.getFirst().number() < newest) {
      newestFirst.addFirst(new Seen(newest, hash));
    }
    if (newestFirst.size() > length) {
      newestFirst.removeLast();
    }
    return new Followed(kept, undone);
  }

  private static boolean isThere(
      Seen seen, long newest, Bytes32 hash, LongFunction<Optional<Bytes32>> hashAt) {
    if (seen.number() >= newest) {
      return seen.number() == newest && seen.hash().equals(hash);
    }
    return hashAt.apply(seen.number()).filter(seen.hash()::equals).isPresent();
  }
}
