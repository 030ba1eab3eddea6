package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bill;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.Outcome;
import io.teex.protocol.Payees;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import java.util.List;

/**
 * Prices and payees of a task as the chain had them when it was leased: a receipt is held to them,
 * so a sale or a new price in between changes nothing.
 *
 * @param provider who owned the service
 * @param datasets price and owner of each data set, in the order's order
 * @param basisPoints the dispatcher's share on top, in 1/10000
 * @param dispatcherPayee whom that share is credited to
 */
record Terms(
    Price price,
    Address provider,
    List<DatasetCharge> datasets,
    int basisPoints,
    Address dispatcherPayee) {
  /** Of an order that was refused before its terms were known. */
  static final Terms NONE =
      new Terms(
          new Price(Amount.ZERO, Amount.ZERO, Amount.ZERO, Amount.ZERO),
          Address.ZERO,
          List.of(),
          0,
          Address.ZERO);

  Terms {
    datasets = List.copyOf(datasets);
  }

  /** Whether a receipt names these payees. */
  boolean pays(Receipt receipt) {
    return receipt.fee().provider().equals(provider)
        && payees(receipt.datasets()).equals(payees(datasets));
  }

  private static List<Address> payees(List<DatasetCharge> charges) {
    return charges.stream().map(DatasetCharge::payee).toList();
  }

  /** What the task costs if it ends so, and who gets it. */
  Bill bill(Outcome outcome, long chargedFuel, Address workerPayee) {
    return Pricing.bill(
        price,
        outcome,
        chargedFuel,
        datasets,
        basisPoints,
        new Payees(provider, workerPayee, dispatcherPayee));
  }
}
