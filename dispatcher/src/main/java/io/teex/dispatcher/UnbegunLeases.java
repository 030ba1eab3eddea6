package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.TaskId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many slots a user may keep waiting. A lease costs nothing until its user shows up at the
 * worker, so a user whose tasks have not begun gets at most a quarter of all slots, or {@value
 * #LEASES_MIN} if that is more. Each task that she has paid for since her last lapse allows her one
 * more; after a lapse she gets one at a time until she pays for the next. Used by one thread at a
 * time.
 */
final class UnbegunLeases {
  private static final int LEASES_MIN = 2;
  private static final int SLOTS_PER_LEASE = 4;
  private static final int USERS_MAX = 10_000;

  private final Map<TaskId, Address> users = new HashMap<>();
  private final Map<Address, Integer> counts = new HashMap<>();

  /** Tasks paid for since the last lapse; less than none right after one. */
  private final Map<Address, Integer> merits =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Address, Integer> eldest) {
          return size() > USERS_MAX;
        }
      };

  /**
   * Whether the user may have one more.
   *
   * @param slots of all workers together
   */
  boolean hasRoom(Address user, int slots) {
    int merit = merits.getOrDefault(user, 0);
    int most = merit < 0 ? 1 : Math.max(LEASES_MIN, slots / SLOTS_PER_LEASE) + merit;
    return counts.getOrDefault(user, 0) < most;
  }

  void leased(TaskId task, Address user) {
    if (users.put(task, user) == null) {
      counts.merge(user, 1, Integer::sum);
    }
  }

  /** The worker works on it, or has it no more. */
  void over(TaskId task) {
    Address user = users.remove(task);
    if (user != null) {
      int left = counts.getOrDefault(user, 1) - 1;
      if (left == 0) {
        counts.remove(user);
      } else {
        counts.put(user, left);
      }
    }
  }

  /** A task of the user was done, and she pays for it. */
  void honoured(Address user) {
    merits.merge(user, 1, (before, one) -> Math.min(USERS_MAX, before + one));
  }

  /** The user let a lease lapse. */
  void lapsed(Address user) {
    merits.put(user, -1);
  }
}
