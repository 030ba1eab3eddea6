package io.teex.cli.demo;

/**
 * What the demo is to do.
 *
 * @param tasks how many at least, over all users
 * @param keep whether the market is left running
 * @param osSandbox whether executors run behind bubblewrap
 * @param plantLeak whether an input is written where it must not be, to see that the search finds
 *     it
 */
record DemoPlan(int tasks, boolean keep, boolean osSandbox, boolean plantLeak) {
  /** Orders of these that each user puts on chain. */
  static final int ON_CHAIN_PER_USER = 1;

  static final int TRAINING_PER_LABEL = 400;

  int tasksPerUser(int users) {
    return Math.ceilDiv(tasks, users);
  }

  int unseenPerLabel(int users) {
    return Math.ceilDiv(tasksPerUser(users) * users, 10);
  }
}
