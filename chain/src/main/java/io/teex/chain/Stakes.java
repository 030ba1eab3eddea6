package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;

/** What nodes have to lose: anybody bonds for a node, and takes out what the node did not lose. */
public final class Stakes extends OwingContract {
  /**
   * What one staker has bonded for one node.
   *
   * @param bonded what counts
   * @param leaving what she asked back, and can still lose
   * @param withdrawableAt when she may take that, in seconds since the epoch; zero if she never
   *     asked
   */
  public record Stake(Amount bonded, Amount leaving, @Uint(40) long withdrawableAt) {}

  private record OfNode(Address signer) {}

  private record OfStaker(Address signer, Address staker) {}

  private record Amounts(Address signer, Amount amount) {}

  public Stakes(ChainReader chain, Addresses addresses) {
    super(chain, new Settlement(chain, addresses).stakes());
  }

  /** Bonds tokens of the sender, which she approved for {@link #address()}, for a node. */
  public Mined bond(TransactionSender staker, Address signer, Amount amount) {
    return send(
        staker, "bonding for " + signer, TypedData.encodeCall("bond", new Amounts(signer, amount)));
  }

  /** Asks some of the sender's stake back. */
  public Mined unbond(TransactionSender staker, Address signer, Amount amount) {
    return send(
        staker,
        "unbonding from " + signer,
        TypedData.encodeCall("unbond", new Amounts(signer, amount)));
  }

  /** Pays out what the sender asked back long enough ago. */
  public Mined withdraw(TransactionSender staker, Address signer) {
    return send(
        staker,
        "withdrawing a stake from " + signer,
        TypedData.encodeCall("withdraw", new OfNode(signer)));
  }

  /** What a node answers with for what it does from now on. */
  public Amount bonded(Address signer) {
    return new Amount(number(TypedData.encodeCall("bonded", new OfNode(signer))));
  }

  public Stake stake(Address signer, Address staker) {
    return values(Stake.class, TypedData.encodeCall("stakeOf", new OfStaker(signer, staker)));
  }
}
