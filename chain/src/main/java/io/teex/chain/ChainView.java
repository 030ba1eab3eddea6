package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * What the chain says as of one block. A view stands still: all its facts belong together. Every
 * call may fail with {@code CHAIN_UNAVAILABLE}, also because the block was reorganised away: take
 * the {@link ChainViews#latest()} view then.
 */
public interface ChainView {
  ChainClient.Block block();

  /** When the node last said that this is the newest block that counts. */
  Instant seenAt();

  Trust trust();

  /** The hash of the block at {@code number}; empty beyond this view or the node's memory. */
  Fact<Optional<Bytes32>> blockHash(long number);

  /** Empty if there is no such service. */
  Fact<Optional<ServiceMarket.Service>> service(ServiceId id);

  /** Empty if there is no such version; a version never changes. */
  Fact<Optional<ServiceMarket.Version>> version(ServiceId id, int number);

  /** Empty if there is no such price version; a price version never changes. */
  Fact<Optional<Price>> price(ServiceId id, int priceVersion);

  /**
   * When the next price of the service is listed, in seconds since the epoch; zero if none was
   * added. Empty if there is no such price version.
   */
  Fact<Optional<Long>> priceReplacedAt(ServiceId id, int priceVersion);

  /** Who earns from the service; empty if there is no such service. */
  Fact<Optional<Address>> serviceOwner(ServiceId id);

  /** Empty if the licence was never listed for this data set. */
  Fact<Optional<DataMarket.Licence>> licence(DatasetId id, Bytes32 licenceDigest);

  /** Who earns from the data set; empty if there is no such data set. */
  Fact<Optional<Address>> datasetOwner(DatasetId id);

  /** All zero if the lane was never opened. */
  Fact<Settlement.Allowance> allowance(Address payer, Address dispatcher, int lane);

  /** Empty if it was never requested. */
  Fact<Optional<Settlement.Request>> request(TaskId task);

  Fact<Settlement.BatchChain> batchChain(Address dispatcher);

  /** How much more a dispatcher's batches may take before something becomes final. */
  Fact<Amount> freeStake(Address dispatcher);

  /** Empty if the node was neither admitted nor revoked. */
  Fact<Optional<EnclaveRegistry.Node>> node(Address signer);

  /** All zero if the key was never listed. */
  Fact<EnclaveRegistry.Manager> manager(Address key);

  /** Whether the key may sign certificates of the epoch at the view's block. */
  Fact<Boolean> isManager(Address key, long epoch);

  /** Who operates machines of that name, see {@link io.teex.protocol.NodeOperation#platform}. */
  Fact<EnclaveRegistry.Platform> platform(Bytes32 platform);

  /** What an operator said of the node; of role zero if none did. */
  Fact<EnclaveRegistry.Operation> operation(Address signer);

  /** Whether the operator of a listed platform answers for the node at the view's block. */
  Fact<Boolean> isOperated(Address signer, Role role);

  /** Whether the registry lets the node act in the role at the view's block. */
  Fact<Boolean> isActive(Address signer, Role role);

  /** What a worker has to have bonded to be let in; zero if nothing. */
  Fact<Amount> minimumStake();

  /** What a node answers with for what it does from now on. */
  Fact<Amount> bonded(Address signer);
}
