package io.teex.protocol;

/**
 * A user's wish to have a task of hers executed once more, bit for bit, to see whether its receipt
 * is true; signed by her own key, not a session's.
 *
 * @param receipt {@link Receipt#hash} of the receipt that is doubted
 * @param worker who is to execute it, and nobody else
 * @param expiry seconds since the epoch after which nothing is released for it
 */
public record Replay(TaskId taskId, Bytes32 receipt, Address worker, long expiry) {
  public Replay {
    Require.uint64("expiry", expiry);
  }
}
