package io.teex.dispatcher;

import io.teex.protocol.Amount;
import io.teex.protocol.Debit;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.TaskId;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the chain would let a batch charge a lane or a request now. One that it would not let
 * must stay out, since the contract takes a batch whole or not at all.
 *
 * @param now seconds since the epoch
 */
record Settleable(MarketView view, long now, Duration withdrawDelay, DispatcherLog log) {
  boolean isPayable(BatchPlan.DueLane due) {
    Lane lane = due.lane();
    Amount amount = due.tasks().stream().map(Task::held).reduce(Amount.ZERO, Amount::plus);
    return isPayable(
        new Debit(lane.payer(), lane.number(), lane.settled() + due.tasks().size(), amount),
        lane.settled());
  }

  boolean isPayable(Debit debit) {
    return isPayable(debit, view.allowance(debit.payer(), debit.lane()).settledSequence());
  }

  boolean isPayable(Task request) {
    return isPayable(request.id(), request.held());
  }

  boolean isPayable(RequestPayment payment) {
    return isPayable(payment.taskId(), payment.amount());
  }

  /**
   * Whether a request can never be paid. One that a reorganisation took off the chain may come back
   * until its escrow would be reclaimable.
   */
  boolean isOver(Task request) {
    return !isPayable(request)
        && (view.escrow(request.id()).isPresent()
            || now >= request.order().value().deadline() + withdrawDelay.toSeconds());
  }

  private boolean isPayable(Debit debit, long settled) {
    Allowance allowance = view.allowance(debit.payer(), debit.lane());
    String fault = "";
    if (allowance.settledSequence() != settled || debit.to() <= settled) {
      fault =
          "the chain settled sequence %d, this dispatcher %d"
              .formatted(allowance.settledSequence(), settled);
    } else if (allowance.remaining().compareTo(debit.amount()) < 0) {
      fault = "%s remain of %s".formatted(allowance.remaining(), debit.amount());
    } else if (now >= allowance.expiry() + withdrawDelay.toSeconds()) {
      fault = "it expired at %d and may be released".formatted(allowance.expiry());
    }
    if (!fault.isEmpty()) {
      log.laneBlocked(debit.payer(), debit.lane(), fault);
    }
    return fault.isEmpty();
  }

  private boolean isPayable(TaskId task, Amount amount) {
    Optional<MarketView.Escrow> escrow = view.escrow(task);
    return escrow.isPresent()
        && escrow.get().open()
        && escrow.get().amount().compareTo(amount) >= 0
        && now < escrow.get().reclaimableAt();
  }
}
