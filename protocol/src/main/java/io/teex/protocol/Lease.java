package io.teex.protocol;

/**
 * A dispatcher's promise that one worker alone executes one attempt of a task; signed by the
 * dispatcher. The user shows it to the worker as her ticket.
 *
 * @param attempt from 1 on
 * @param expiry seconds since the epoch after which the worker must not start
 * @param fencingToken grows with every lease of the dispatcher, so a late worker is recognised
 */
public record Lease(
    TaskId taskId,
    int attempt,
    Address worker,
    Address dispatcher,
    long expiry,
    long fencingToken) {
  public Lease {
    Require.uint32("attempt", attempt);
    Require.uint64("expiry", expiry);
    Require.uint64("fencing token", fencingToken);
  }
}
