package io.teex.protocol;

/**
 * A data owner's leave for one task that used her data to be replayed; signed by the licence's
 * owner. Without it a task with data is never executed again: a replay shows the data to another
 * worker, and takes no use.
 *
 * @param expiry seconds since the epoch after which it holds no more
 */
public record ReplayLeave(Bytes32 licenceDigest, TaskId taskId, long expiry) {
  public ReplayLeave {
    Require.uint64("expiry", expiry);
  }
}
