package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.TypedData;

/** A contract that pushes nothing: what it owes an account waits until the account takes it. */
abstract class OwingContract extends Contract {
  private record OfAccount(Address account) {}

  OwingContract(ChainReader chain, Address address) {
    super(chain, address);
  }

  /** What an account can {@link #collect}. */
  public Amount owed(Address account) {
    return new Amount(number(TypedData.encodeCall("owed", new OfAccount(account))));
  }

  /** Pays out what the sender is owed. */
  public Mined collect(TransactionSender account) {
    return send(account, "collecting what is owed", TypedData.encodeCall("collect"));
  }
}
