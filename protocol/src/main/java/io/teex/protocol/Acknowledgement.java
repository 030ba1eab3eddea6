package io.teex.protocol;

/**
 * A dispatcher's word that it keeps a receipt durably and will settle it; signed by the dispatcher,
 * held by the worker.
 *
 * @param receipt {@link Receipt#hash}
 * @param settleBy seconds since the epoch
 */
public record Acknowledgement(TaskId taskId, int attempt, Bytes32 receipt, long settleBy) {
  public Acknowledgement {
    Require.uint32("attempt", attempt);
    Require.uint64("settle-by date", settleBy);
  }
}
