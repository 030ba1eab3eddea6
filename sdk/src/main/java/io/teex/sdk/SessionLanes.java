package io.teex.sdk;

import io.teex.chain.Settlement;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import java.util.random.RandomGenerator;

/**
 * Lanes of sessions, one each, which hold the session's cap. A dispatcher counts what a session
 * costs, but if it counted wrong, the court could not tell over several batches; a lane cannot be
 * overdrawn.
 */
record SessionLanes(Settlement settlement, RandomGenerator random) {
  /** Smaller numbers are left to people. */
  private static final int FIRST = 1_000;

  /**
   * Opens a lane that never was one.
   *
   * @param cap out of the user's free balance
   * @param expiry seconds since the epoch
   */
  int open(TransactionSender user, Address dispatcher, Amount cap, long expiry) {
    int lane = random.nextInt(FIRST, Integer.MAX_VALUE);
    while (settlement.allowance(user.address(), dispatcher, lane).expiry() != 0) {
      lane = random.nextInt(FIRST, Integer.MAX_VALUE);
    }
    settlement.allow(user, dispatcher, lane, cap, expiry);
    return lane;
  }
}
