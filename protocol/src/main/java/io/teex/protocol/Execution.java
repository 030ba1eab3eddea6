package io.teex.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * How and where a task was executed.
 *
 * @param engine name and version
 * @param flags mask of the constants below: what a reader must know before trusting the receipt
 */
public record Execution(String engine, Isolation isolation, Tier tierReached, int flags) {
  /** The platform is the simulated TEE. */
  public static final int SIMULATED = 1;

  /** The executor ran without the operating system's sandbox. */
  public static final int NO_OS_SANDBOX = 2;

  /** The chain's facts came from an RPC node that nothing checked. */
  public static final int UNVERIFIED_CHAIN = 4;

  /** The store cannot tell an old disk from a current one. */
  public static final int ROLLBACK_UNPROTECTED = 8;

  private static final List<String> NAMES =
      List.of("SIMULATED", "NO-OS-SANDBOX", "UNVERIFIED-CHAIN", "ROLLBACK-UNPROTECTED");

  public Execution {
    Require.uint32("flags", flags);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The names of the flags that are set, as shown to people. */
  public List<String> flagNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      if (has(1 << i)) {
        names.add(NAMES.get(i));
      }
    }
    return names;
  }
}
