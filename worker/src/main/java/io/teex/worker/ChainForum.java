package io.teex.worker;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.Demands;
import io.teex.chain.LaneDebits;
import io.teex.chain.Proceeds;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.TaskId;
import java.util.Optional;

/** The contracts over JSON-RPC, for an account of the worker's owner. */
final class ChainForum implements Forum {
  private final ChainClient chain;
  private final TransactionSender sender;
  private final Settlement settlement;
  private final LaneDebits debits;
  private final Demands demands;
  private final Token token;
  private final Proceeds proceeds;
  private final Amount bond;
  private final Terms terms;
  private final long period;

  /**
   * @param sender pays gas and bonds
   */
  ChainForum(TransactionSender sender, Addresses addresses) {
    this.sender = sender;
    this.chain = sender.chain();
    this.settlement = new Settlement(chain, addresses);
    this.debits = new LaneDebits(chain, addresses);
    this.demands = new Demands(chain, addresses);
    this.token = new Token(chain, addresses);
    this.proceeds = new Proceeds(chain, addresses);
    Demands.Terms made = demands.terms();
    this.bond = made.bond();
    this.terms = new Terms(made.grace(), made.grace() + settlement.withdrawDelay().toSeconds());
    this.period = settlement.period().toSeconds();
  }

  @Override
  public Terms terms() {
    return terms;
  }

  @Override
  public long now() {
    return chain.head().time();
  }

  @Override
  public Demands.Demand demandOf(Bytes32 receipt) {
    return demands.demand(receipt);
  }

  @Override
  public boolean isCancelled(Bytes32 batch) {
    return settlement.batch(batch).state() == Settlement.BatchState.CANCELLED;
  }

  @Override
  public Settled settled(Claim claim) {
    return claim.place().isOnChain() ? request(claim) : lane(claim);
  }

  /** A cancelled batch leaves the request reclaimed; which batch paid it the contract forgot. */
  private Settled request(Claim claim) {
    TaskId task = claim.receipt().value().taskId();
    boolean paid =
        settlement
            .request(task)
            .filter(request -> request.state() == Settlement.RequestState.PAID)
            .isPresent();
    return paid
        ? new Settled.Passed(
            Bytes32.ZERO, claim.settleBy() + terms.memory() + 2 * period, Amount.MAX)
        : new Settled.Nowhere();
  }

  private Settled lane(Claim claim) {
    Claim.Place place = claim.place();
    Address dispatcher = claim.dispatcher();
    long settled = settlement.allowance(place.user(), dispatcher, place.lane()).settledSequence();
    if (settled < place.sequence()) {
      return new Settled.Nowhere();
    }
    Optional<LaneDebits.Taken> taken =
        debits.of(place.user(), dispatcher, place.block(), chain.blockNumber()).stream()
            .filter(debit -> debit.lane() == place.lane() && debit.covers(place.sequence()))
            .findFirst();
    if (taken.isEmpty()) {
      return new Settled.Nowhere(); // a reorganisation undid it while it was looked for
    }
    Settlement.Settled batch = debits.batch(dispatcher, taken.get());
    Settlement.BatchRecord kept = settlement.batch(batch.header());
    if (kept.state() != Settlement.BatchState.SETTLED) {
      return new Settled.Nowhere();
    }
    return new Settled.Passed(
        batch.header(), (kept.settledAt() / period + 2) * period, credited(batch, claim.payee()));
  }

  private Amount credited(Settlement.Settled batch, Address payee) {
    return settlement.open(chain, batch).batch().credits().stream()
        .filter(credit -> credit.account().equals(payee))
        .map(Credit::amount)
        .reduce(Amount.ZERO, Amount::plus);
  }

  @Override
  public boolean isFrozen(Address dispatcher) {
    return settlement.batchChain(dispatcher).frozen();
  }

  @Override
  public boolean canBond() {
    return token.balanceOf(sender.address()).compareTo(bond) >= 0;
  }

  @Override
  public void demand(Claim claim, Bytes32 undone) {
    if (token.allowance(sender.address(), demands.address()).compareTo(bond.value()) < 0) {
      token.approve(sender, demands.address(), bond);
    }
    demands.demandOnce(sender, claim.receipt(), claim.acknowledgement(), undone);
  }

  @Override
  public void enforce(Bytes32 receipt) {
    demands.enforce(sender, receipt);
  }

  /** Earnings that need no demand stay where they are: their owner claims them when she likes. */
  @Override
  public Amount collect() {
    Amount owed = proceeds.of(sender.address()).demands();
    if (!owed.isZero()) {
      demands.collect(sender);
    }
    return owed;
  }
}
