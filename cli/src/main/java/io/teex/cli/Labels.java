package io.teex.cli;

import io.teex.protocol.Execution;
import java.util.ArrayList;
import java.util.List;

/** What a receipt admits about how a task was executed, in words that cannot be overlooked. */
final class Labels {
  private Labels() {}

  static List<String> of(Execution execution) {
    List<String> labels = new ArrayList<>();
    add(labels, execution, Execution.SIMULATED, "SIMULATED");
    add(labels, execution, Execution.NO_OS_SANDBOX, "NO_OS_SANDBOX");
    add(labels, execution, Execution.UNVERIFIED_CHAIN, "UNVERIFIED CHAIN");
    add(labels, execution, Execution.ROLLBACK_UNPROTECTED, "ROLLBACK-UNPROTECTED");
    return labels;
  }

  private static void add(List<String> labels, Execution execution, int flag, String label) {
    if ((execution.flags() & flag) != 0) {
      labels.add(label);
    }
  }
}
