package io.teex.sdk;

import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import java.util.Optional;

/** What is on sale, as the chain has it. Every call may fail with {@code CHAIN_UNAVAILABLE}. */
interface Listings {
  /**
   * A service in its latest version at its latest price.
   *
   * @param publicKey to which inputs are sealed, by the publisher's word alone
   */
  record Service(ServiceRef reference, Price price, Bytes32 publicKey) {}

  /** A data set's active licence. */
  record Dataset(DatasetId id, Bytes32 licenceDigest, Amount pricePerUse) {}

  /**
   * @throws io.teex.protocol.TeexException {@code UNKNOWN_SERVICE} or {@code SERVICE_INACTIVE}
   */
  Service service(ServiceId id);

  /**
   * @param licence digest; empty for the newest that is active
   * @throws io.teex.protocol.TeexException {@code UNKNOWN_DATASET} or {@code LICENCE_REVOKED}
   */
  Dataset dataset(DatasetId id, Optional<Bytes32> licence);

  /** A recent block that this client holds final. */
  BlockRef recentBlock();

  /** Forgets what may have changed, because a dispatcher knows better. */
  void refresh();
}
