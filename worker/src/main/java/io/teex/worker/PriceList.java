package io.teex.worker;

import io.teex.chain.Trust;
import io.teex.protocol.Address;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceRef;

/** The prices and payees on chain, which the dispatcher holds every receipt to. */
interface PriceList {
  /**
   * @param owner who is paid for the service
   */
  record Service(Price price, Address owner) {}

  /**
   * @throws io.teex.protocol.TeexException {@code UNKNOWN_SERVICE} or {@code CHAIN_UNAVAILABLE}
   */
  Service service(ServiceRef reference);

  /**
   * The price of a use and who is paid for it.
   *
   * @throws io.teex.protocol.TeexException {@code UNKNOWN_DATASET} or {@code CHAIN_UNAVAILABLE}
   */
  DatasetCharge dataset(DatasetUse use);

  /** How the prices are known. */
  Trust trust();
}
