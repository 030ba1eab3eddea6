package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TaskId;
import java.util.Optional;

/**
 * What a dispatcher has to know of the chain, all as of one block. Every call may fail with {@code
 * CHAIN_UNAVAILABLE}.
 */
public interface MarketView {
  /**
   * @param time its timestamp, seconds since the epoch
   */
  record Block(long number, Bytes32 hash, long time) {}

  /**
   * A version of a service at a price version.
   *
   * @param priceReplacedAt when the next price was listed, in seconds since the epoch; zero if none
   *     was
   * @param owner who earns from it now
   */
  record Service(
      Bytes32 imageDigest, Price price, long priceReplacedAt, Address owner, boolean active) {}

  /**
   * A licence of a data set.
   *
   * @param owner who earns from it now
   */
  record Dataset(Amount pricePerUse, Address owner, boolean active) {}

  /**
   * The money behind an on-chain request.
   *
   * @param open false once it was paid or reclaimed
   * @param reclaimableAt seconds since the epoch; from then on it cannot be paid
   */
  record Escrow(Address user, Amount amount, boolean open, long reclaimableAt) {}

  /**
   * What a worker has to lose.
   *
   * @param minimum that the market asks for; zero if nothing
   */
  record Stake(Amount bonded, Amount minimum) {}

  Block block();

  /** The hash of the block at {@code number}, at most this view's; empty if it is not known. */
  Optional<Bytes32> blockHash(long number);

  /** Empty if the service, its version or its price version does not exist. */
  Optional<Service> service(ServiceRef reference);

  /** Empty if the data set or its licence was never listed. */
  Optional<Dataset> dataset(DatasetId id, Bytes32 licenceDigest);

  /** The payer's lane for this dispatcher; zero if there never was one. */
  Allowance allowance(Address payer, int lane);

  /** Empty if it was never requested. */
  Optional<Escrow> escrow(TaskId task);

  /** How much a batch of this dispatcher may take now: its stake less what is not final yet. */
  Amount freeStake();

  Stake workerStake(Address worker);

  /** Whether the registry shut the node out for ever. */
  boolean isRevoked(Address node);

  /** Whether the registry admits this dispatcher now. */
  boolean isDispatcherActive();
}
