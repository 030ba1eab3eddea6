package io.teex.dispatcher;

import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The receipts of a batch as they are posted beside it. They are put together from the tasks
 * whenever the batch is sent, also by the next process, so that nothing is kept twice; the root in
 * the batch's header says whether they are the same.
 */
final class BatchReceipts {
  private static final Comparator<ReceiptLeaf> ORDER =
      Comparator.comparing(ReceiptLeaf::payer)
          .thenComparingInt(ReceiptLeaf::lane)
          .thenComparingLong(ReceiptLeaf::sequence)
          .thenComparing(ReceiptLeaf::kind)
          .thenComparing(ReceiptLeaf::receipt);

  private final Domain domain;
  private final Ledger ledger;
  private final Journal journal;

  BatchReceipts(Domain domain, Ledger ledger, Journal journal) {
    this.domain = domain;
    this.ledger = ledger;
    this.journal = journal;
  }

  /** Empty if some of its tasks are not known any more: it is old, and was settled long ago. */
  Optional<ReceiptData> of(Batch batch) {
    List<Task> open = open(batch);
    Optional<ReceiptData> receipts = matching(batch, open);
    if (receipts.isPresent()) {
      return receipts;
    }
    // It had landed, wholly or in part, before it was undone: then its tasks are filed.
    List<Task> all = new ArrayList<>(journal.settledIn(batch.number()));
    all.addAll(open);
    return matching(batch, all);
  }

  private List<Task> open(Batch batch) {
    List<Task> tasks = new ArrayList<>();
    for (Debit debit : batch.debits()) {
      ledger.lane(debit.payer(), debit.lane()).tasks().stream()
          .filter(task -> task.state().isFinal() && task.order().value().sequence() <= debit.to())
          .forEach(tasks::add);
    }
    for (RequestPayment payment : batch.requests()) {
      ledger.find(payment.taskId()).filter(task -> task.state().isFinal()).ifPresent(tasks::add);
    }
    return tasks;
  }

  private Optional<ReceiptData> matching(Batch batch, List<Task> tasks) {
    try {
      return Optional.of(of(domain, tasks).requireOf(batch.header().value(), domain));
    } catch (TeexException e) {
      if (e.code() != ErrorCode.MALFORMED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** What these tasks have to show, each once and in an order of its own. */
  static ReceiptData of(Domain domain, List<Task> tasks) {
    Map<ReceiptLeaf, ReceiptData.Entry> entries = new LinkedHashMap<>();
    for (Task task : tasks) {
      ReceiptLeaf leaf = BatchPlan.leaf(domain, task);
      entries.put(
          leaf,
          new ReceiptData.Entry(
              leaf.payer(),
              leaf.lane(),
              leaf.sequence(),
              leaf.kind(),
              task.state() instanceof TaskState.Acknowledged done
                  ? List.of(done.receipt().value())
                  : List.of()));
    }
    return new ReceiptData(
        entries.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(ORDER))
            .map(Map.Entry::getValue)
            .toList());
  }
}
