package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bill;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Execution;
import io.teex.protocol.Isolation;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Payees;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.List;

/**
 * Whether a receipt is about the order that was given, by the worker that was certified, for the
 * price that was listed, and kept by the dispatcher that was asked.
 *
 * @param price listed under the order's price version
 * @param acceptSimulated whether the user's policy names simulated TEEs
 */
record ReceiptCheck(Domain domain, Order order, Price price, boolean acceptSimulated) {
  private static final int BASIS = 10_000;

  /**
   * @param attempt that the lease was for
   * @param worker its certificate, proven to be the manager's
   * @param dispatcher who has to acknowledge
   * @throws TeexException {@code SIGNATURE_INVALID}, {@code ORDER_MISMATCH} or {@code
   *     SIMULATED_REFUSED}
   */
  void verify(
      Signed<Receipt> signed,
      Signed<Acknowledgement> acknowledgement,
      int attempt,
      NodeCertificate worker,
      Address dispatcher) {
    Receipt receipt = signed.value();
    same("task", order.id(domain), receipt.taskId());
    same("attempt", attempt, receipt.attempt());
    same("dispatcher", dispatcher, receipt.dispatcher());
    same("worker", worker.signer(), receipt.worker());
    signed.requireSigner(domain, worker.signer());
    same("node certificate", TypedData.hash(domain, worker), receipt.nodeCertificate());
    requireDigests(receipt);
    requireExecution(receipt);
    requireFee(receipt, worker);
    requireAcknowledged(acknowledgement, receipt, dispatcher);
  }

  private void requireDigests(Receipt receipt) {
    same("image", order.service().imageDigest(), receipt.digests().image());
    same("price", price.digest(), receipt.digests().price());
    same("licences", ReceiptDigests.licences(order.datasets()), receipt.digests().licences());
    same("input commitment", order.inputCommitment(), receipt.inputCommitment());
  }

  private void requireExecution(Receipt receipt) {
    Execution execution = receipt.execution();
    if (execution.has(Execution.SIMULATED) && !acceptSimulated) {
      throw new TeexException(
          ErrorCode.SIMULATED_REFUSED,
          "the receipt says SIMULATED, which the policy does not accept");
    }
    if ((execution.tierReached().teeKinds() & order.tier().teeKinds()) == 0
        || !execution.tierReached().profile().equals(order.tier().profile())
        || (order.tier().isolation() == Isolation.PROCESS
            && execution.isolation() != Isolation.PROCESS)) {
      throw mismatch(
          "it reached %s, the order requires %s".formatted(execution.tierReached(), order.tier()));
    }
    if (order.tier().tcbNotBefore() != 0) {
      throw mismatch(
          "the order requires a TCB not before %d, which no receipt proves yet"
              .formatted(order.tier().tcbNotBefore()));
    }
    if (receipt.outcome() == Outcome.VOID) {
      throw mismatch("an execution does not end as VOID");
    }
    if (receipt.outcome() == Outcome.COMPLETED && receipt.outputCiphertext().isZero()) {
      throw mismatch("a completed task has an output");
    }
  }

  private void requireFee(Receipt receipt, NodeCertificate worker) {
    long fuelMax = Pricing.chargedFuel(order.limits().fuel(), order.limits());
    if (receipt.fuel() > fuelMax) {
      throw mismatch("fuel %d is more than the limit %d".formatted(receipt.fuel(), fuelMax));
    }
    requireDatasets(receipt.datasets());
    if (receipt.fee().total().compareTo(order.fee().max()) > 0) {
      throw mismatch(
          "it costs %s, the order allows %s".formatted(receipt.fee().total(), order.fee().max()));
    }
    Bill bill =
        Pricing.bill(
            price,
            receipt.outcome(),
            receipt.fuel(),
            receipt.datasets(),
            order.fee().dispatcherBasisPointsMax(),
            new Payees(receipt.fee().provider(), worker.payout(), receipt.fee().dispatcherPayee()));
    same("provider's amount", bill.fee().providerAmount(), receipt.fee().providerAmount());
    same("worker's payee", bill.fee().workerPayee(), receipt.fee().workerPayee());
    same("worker's amount", bill.fee().workerAmount(), receipt.fee().workerAmount());
    if (receipt.fee().dispatcherAmount().compareTo(bill.fee().dispatcherAmount()) > 0) {
      throw mismatch(
          "the dispatcher takes %s, at %d of %d it may take %s"
              .formatted(
                  receipt.fee().dispatcherAmount(),
                  order.fee().dispatcherBasisPointsMax(),
                  BASIS,
                  bill.fee().dispatcherAmount()));
    }
    if (!receipt.isConserved()) {
      throw mismatch("the parts of its fee do not add up to %s".formatted(receipt.fee().total()));
    }
  }

  private void requireDatasets(List<DatasetCharge> charges) {
    same("number of data sets", order.datasets().size(), charges.size());
    for (int i = 0; i < charges.size(); i++) {
      DatasetUse use = order.datasets().get(i);
      DatasetCharge charge = charges.get(i);
      same("data set", use.id(), charge.id());
      same("licence", use.licenceDigest(), charge.licenceDigest());
      Amount cap = use.priceCap();
      if (charge.amount().compareTo(cap) > 0) {
        throw mismatch(
            "data set %s costs %s, the order caps it at %s"
                .formatted(use.id(), charge.amount(), cap));
      }
    }
  }

  private void requireAcknowledged(
      Signed<Acknowledgement> signed, Receipt receipt, Address dispatcher) {
    Acknowledgement acknowledgement = signed.value();
    same("acknowledged task", receipt.taskId(), acknowledgement.taskId());
    same("acknowledged attempt", receipt.attempt(), acknowledgement.attempt());
    same("acknowledged receipt", receipt.hash(domain), acknowledgement.receipt());
    signed.requireSigner(domain, dispatcher);
  }

  private static void same(String what, Object expected, Object seen) {
    if (!expected.equals(seen)) {
      throw mismatch("its %s is %s, expected %s".formatted(what, seen, expected));
    }
  }

  private static TeexException mismatch(String what) {
    return new TeexException(ErrorCode.ORDER_MISMATCH, "the receipt is refused: " + what);
  }
}
