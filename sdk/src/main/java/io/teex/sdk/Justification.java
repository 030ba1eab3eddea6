package io.teex.sdk;

import io.teex.chain.LaneDebits;
import io.teex.protocol.Amount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a debit the user's own records explain.
 *
 * @param most that the orders of its sequences can cost together
 * @param orders how many of its sequences she signed an order for
 * @param receipts for how many of those she has the receipt
 * @param tasks how many sequences the debit is for
 */
public record Justification(Amount most, long orders, long receipts, long tasks) {

  static Justification of(LaneDebits.Taken taken, List<OrderRecords.Kept> records) {
    Map<Long, OrderRecords.Kept> dearest = new HashMap<>();
    for (OrderRecords.Kept kept : records) {
      if (taken.covers(kept.sequence())) {
        dearest.merge(
            kept.sequence(),
            kept,
            (one, other) -> one.most().compareTo(other.most()) >= 0 ? one : other);
      }
    }
    return new Justification(
        dearest.values().stream().map(OrderRecords.Kept::most).reduce(Amount.ZERO, Amount::plus),
        dearest.size(),
        dearest.values().stream().filter(OrderRecords.Kept::hasReceipt).count(),
        taken.to() - taken.previous());
  }

  /** Whether nothing that she signed explains it. */
  boolean isExceededBy(Amount taken) {
    return taken.compareTo(most) > 0;
  }

  /** In words. */
  String of(Amount taken) {
    if (taken.isZero()) {
      return "takes nothing";
    }
    String unsigned =
        orders == tasks
            ? ""
            : "; no order is kept here for %d of its %d tasks".formatted(tasks - orders, tasks);
    if (isExceededBy(taken)) {
      return "takes %s, the orders kept here justify %s at most%s".formatted(taken, most, unsigned);
    }
    return receipts == orders
        ? "is what the receipts say%s".formatted(unsigned)
        : "is within what the orders allow; the receipts of %d are not here%s"
            .formatted(orders - receipts, unsigned);
  }
}
