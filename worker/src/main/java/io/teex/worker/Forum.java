package io.teex.worker;

import io.teex.chain.Demands;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;

/**
 * Where a worker asks for pay that was acknowledged and not settled. Calls may fail with {@code
 * CHAIN_UNAVAILABLE}, or {@code CHAIN_REJECTED} with the contract's reason.
 */
interface Forum {
  /**
   * @param grace seconds after a settle-by date before anybody can demand
   * @param memory seconds after which nobody can demand any more
   */
  record Terms(long grace, long memory) {}

  /** What the chain shows of a claim. */
  sealed interface Settled {
    /** No batch that stands passed its order. */
    record Nowhere() implements Settled {}

    /**
     * A batch passed its order: it settled the work, or voided it.
     *
     * @param batch its header's hash; zero if that is not known
     * @param finalAt from when on nobody can cancel it, in seconds since the epoch
     * @param credited to the claim's payee, for all that the batch settled
     */
    record Passed(Bytes32 batch, long finalAt, Amount credited) implements Settled {}
  }

  Terms terms();

  /** The newest block's time, in seconds since the epoch. */
  long now();

  Demands.Demand demandOf(Bytes32 receipt);

  /** Whether a batch that answered a demand was cancelled since. */
  boolean isCancelled(Bytes32 batch);

  Settled settled(Claim claim);

  /** Whether a dispatcher lost a case, and can settle nothing any more. */
  boolean isFrozen(Address dispatcher);

  /** Whether the account that demands has a bond to lay down. */
  boolean canBond();

  /**
   * Demands, with a bond.
   *
   * @param undone the cancelled batch that answered an earlier demand; zero if there is none
   */
  void demand(Claim claim, Bytes32 undone);

  void enforce(Bytes32 receipt);

  /** Takes what is owed to the account that demands; what it was. */
  Amount collect();
}
