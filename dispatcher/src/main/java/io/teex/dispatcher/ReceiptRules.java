package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bill;
import io.teex.protocol.Bytes;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Limits;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.util.Objects;

/**
 * Which receipt settles which task: the one that the present attempt's worker signed, that is about
 * this order and nothing else, and that asks for exactly what the terms give.
 *
 * @param self the dispatcher's account
 */
record ReceiptRules(Domain domain, Address self) {
  /** Receipts round the finish time up to a minute. */
  private static final long FINISH_BUCKET_SECONDS = 60;

  /**
   * Judges a receipt for the attempt that is leased.
   *
   * @param terms the task's, with the payees as the chain has had them since the lease
   * @param now seconds since the epoch
   * @throws TeexException {@code LEASE_INVALID} if it is not the leased worker's for this attempt,
   *     {@code SIGNATURE_INVALID}, {@code ORDER_EXPIRED} after the deadline, {@code ORDER_MISMATCH}
   *     for whatever it says otherwise than order and terms
   */
  void judge(
      Task task,
      Attempt attempt,
      Terms terms,
      Signed<Receipt> signed,
      String outputCid,
      Bytes sealedOutputKey,
      long now) {
    Receipt receipt = signed.value();
    Order order = task.order().value();
    requireLeased(task, attempt, receipt);
    signed.requireSigner(domain, attempt.worker());
    if (now > order.deadline()) {
      throw new TeexException(
          ErrorCode.ORDER_EXPIRED,
          "the receipt came at %d, the deadline was %d".formatted(now, order.deadline()));
    }
    same("dispatcher", self, receipt.dispatcher());
    same("node certificate", attempt.certificateHash(domain), receipt.nodeCertificate());
    same("digests", digests(task, attempt), receipt.digests());
    same("input commitment", order.inputCommitment(), receipt.inputCommitment());
    requireExecution(order, attempt, receipt);
    requireFinish(attempt, receipt, now);
    requireBill(task, attempt, terms, receipt);
    requireOutput(receipt, outputCid, sealedOutputKey);
  }

  private static void requireLeased(Task task, Attempt attempt, Receipt receipt) {
    if (!receipt.taskId().equals(task.id())
        || receipt.attempt() != attempt.number()
        || !receipt.worker().equals(attempt.worker())) {
      throw new TeexException(
          ErrorCode.LEASE_INVALID,
          "the receipt is for attempt %d by %s of task %s, leased is attempt %d to %s of task %s"
              .formatted(
                  receipt.attempt(),
                  receipt.worker(),
                  receipt.taskId(),
                  attempt.number(),
                  attempt.worker(),
                  task.id()));
    }
  }

  private static ReceiptDigests digests(Task task, Attempt attempt) {
    Order order = task.order().value();
    return new ReceiptDigests(
        order.service().imageDigest(),
        task.terms().price().digest(),
        ReceiptDigests.licences(order.datasets()),
        attempt.costTable());
  }

  private static void requireExecution(Order order, Attempt attempt, Receipt receipt) {
    Limits limits = order.limits();
    long fuel = receipt.fuel();
    // What no execution within the limits can have used is as wrong as what is not rounded.
    if (fuel != Pricing.chargedFuel(fuel, limits)
        && fuel != Pricing.chargedFuel(limits.fuel(), limits)) {
      throw mismatch(
          "fuel %d is not a multiple of %d within the limit of %d"
              .formatted(fuel, limits.fuelStep(), limits.fuel()));
    }
    same("profile", order.tier().profile(), receipt.execution().tierReached().profile());
    int reached = receipt.execution().tierReached().teeKinds();
    if ((reached & order.tier().teeKinds()) == 0) {
      throw mismatch(
          "the order asks for TEE kinds %d, the receipt reached %d"
              .formatted(order.tier().teeKinds(), reached));
    }
    if (order.tier().isolation() == Isolation.PROCESS
        && receipt.execution().isolation() != Isolation.PROCESS) {
      throw mismatch("the order asks for a process of its own");
    }
    if ((receipt.execution().flags() & attempt.flags()) != attempt.flags()) {
      throw mismatch(
          "the receipt's flags %d leave out some of %d, with which the worker joined"
              .formatted(receipt.execution().flags(), attempt.flags()));
    }
    if (receipt.outcome() == Outcome.VOID) {
      throw mismatch("an execution does not end as VOID");
    }
  }

  private static void requireFinish(Attempt attempt, Receipt receipt, long now) {
    if (receipt.finishedAt() < attempt.leasedAt()
        || receipt.finishedAt() > now + FINISH_BUCKET_SECONDS) {
      throw mismatch(
          "it finished at %d, but was leased at %d and came at %d"
              .formatted(receipt.finishedAt(), attempt.leasedAt(), now));
    }
  }

  private static void requireBill(Task task, Attempt attempt, Terms terms, Receipt receipt) {
    Bill bill = terms.bill(receipt.outcome(), receipt.fuel(), attempt.payee());
    same("fee", bill.fee(), receipt.fee());
    same("data set charges", bill.datasets(), receipt.datasets());
    if (receipt.fee().total().compareTo(task.order().value().fee().max()) > 0) {
      throw new IllegalStateException(
          "task %s costs %s, accepted for at most %s"
              .formatted(task.id(), receipt.fee().total(), task.order().value().fee().max()));
    }
  }

  /** An output can be fetched and opened, or there is none; a completed task has one. */
  private static void requireOutput(Receipt receipt, String outputCid, Bytes sealedOutputKey) {
    boolean completed = receipt.outcome() == Outcome.COMPLETED;
    boolean all =
        !receipt.outputCommitment().isZero()
            && !receipt.outputCiphertext().isZero()
            && !outputCid.isEmpty()
            && !sealedOutputKey.isEmpty();
    boolean none =
        receipt.outputCommitment().isZero()
            && receipt.outputCiphertext().isZero()
            && outputCid.isEmpty()
            && sealedOutputKey.isEmpty();
    if (!all && (completed || !none)) {
      throw mismatch("an output comes with commitment, ciphertext digest, cid and sealed key");
    }
  }

  private static void same(String what, Object expected, Object seen) {
    if (!Objects.equals(expected, seen)) {
      throw mismatch("the receipt's %s is %s, expected %s".formatted(what, seen, expected));
    }
  }

  private static TeexException mismatch(String what) {
    return new TeexException(ErrorCode.ORDER_MISMATCH, what);
  }
}
