package io.teex.dispatcher;

import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that a batch settled, and the tree over it. */
record Facts(Map<ReceiptLeaf, Task> tasks, ReceiptTree tree) {
  static Facts of(Domain domain, List<Task> settled) {
    Map<ReceiptLeaf, Task> tasks = new LinkedHashMap<>();
    for (Task task : settled) {
      tasks.put(BatchPlan.leaf(domain, task), task);
    }
    return new Facts(tasks, ReceiptTree.of(List.copyOf(tasks.keySet())));
  }

  /** What a debit is for, by sequence. */
  List<ReceiptLeaf> leaves(Debit debit) {
    return tree.groups().stream()
        .filter(one ->
            !one.isRequests() && one.payer().equals(debit.payer()) && one.lane() == debit.lane())
        .findFirst()
        .orElseThrow()
        .leaves();
  }
}
