package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import java.util.stream.Stream;

/** All that a market owes an account, wherever it lies, and one way to get it. */
public final class Proceeds {
  private final Settlement settlement;
  private final Court court;
  private final Demands demands;
  private final Stakes stakes;

  /**
   * What an account can take out now.
   *
   * @param earned in batches that nobody can challenge any more
   * @param challenges bonds that came back, and rewards
   * @param demands pay that was demanded, and bonds
   * @param reports of workers that signed two receipts for one attempt
   */
  public record Due(Amount earned, Amount challenges, Amount demands, Amount reports) {
    public Amount total() {
      return Stream.of(earned, challenges, demands, reports).reduce(Amount.ZERO, Amount::plus);
    }

    /** All but what was earned. */
    public Amount won() {
      return challenges.plus(demands).plus(reports);
    }
  }

  public Proceeds(ChainReader chain, Addresses addresses) {
    settlement = new Settlement(chain, addresses);
    court = new Court(chain, addresses);
    demands = new Demands(chain, addresses);
    stakes = new Stakes(chain, addresses);
  }

  public Due of(Address account) {
    return new Due(
        settlement.claimable(account),
        court.owed(account),
        demands.owed(account),
        stakes.owed(account));
  }

  /** Takes all of it, in a transaction for each contract that owes something. */
  public Due collect(TransactionSender account) {
    Due due = of(account.address());
    if (!due.earned().isZero()) {
      settlement.claim(account);
    }
    if (!due.challenges().isZero()) {
      court.collect(account);
    }
    if (!due.demands().isZero()) {
      demands.collect(account);
    }
    if (!due.reports().isZero()) {
      stakes.collect(account);
    }
    return due;
  }
}
