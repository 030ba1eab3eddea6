package io.teex.sdk;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.Court;
import io.teex.chain.LaneDebits;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what a dispatcher's batches took from a user's lanes with the orders that she signed,
 * and takes what is not justified to court. It needs the chain and the user's records, and nobody
 * else: no dispatcher and no manager has to answer.
 */
public final class Audit {
  private final ChainClient chain;
  private final Settlement settlement;
  private final LaneDebits debits;
  private final Court court;
  private final Token token;
  private final OrderRecords records;

  public Audit(ChainClient chain, Addresses addresses, OrderRecords records) {
    this.chain = chain;
    this.settlement = new Settlement(chain, addresses);
    this.debits = new LaneDebits(chain, addresses);
    this.court = new Court(chain, addresses);
    this.token = new Token(chain, addresses);
    this.records = records;
  }

  /** Where a debit stands. */
  public enum State {
    /** Her records explain it. */
    JUSTIFIED,
    /** They do not, and it can be challenged. */
    CHALLENGEABLE,
    /** It is challenged, and its dispatcher has time to answer. */
    CHALLENGED,
    /** Nobody answered in time: the batch can be cancelled. */
    UNANSWERED,
    /**
     * The dispatcher showed orders and receipts that the court took: the records are incomplete.
     */
    ANSWERED,
    /** The batch was cancelled, and its payers have their money back. */
    UNDONE,
    /** It is not justified, and too late to challenge. */
    FINAL
  }

  /**
   * One debit.
   *
   * @param until when the state ends that a challenge is in, or can be made in; in seconds since
   *     the epoch
   */
  public record Finding(
      Settlement.Settled batch,
      LaneDebits.Taken taken,
      Justification justification,
      State state,
      long until) {
    /** What was taken, and what explains it. */
    public String words() {
      return justification.of(taken.amount());
    }

    public Instant untilTime() {
      return Instant.ofEpochSecond(until);
    }
  }

  /** All debits of a user's lanes by a dispatcher since a block. */
  public List<Finding> of(Address user, Address dispatcher, long fromBlock) {
    List<Finding> findings = new ArrayList<>();
    ChainClient.Block head = chain.head();
    for (LaneDebits.Taken taken : debits.of(user, dispatcher, fromBlock, head.number())) {
      Justification justification =
          Justification.of(
              taken, records.in(user, dispatcher, taken.lane(), taken.previous(), taken.to()));
      Settlement.Settled batch = debits.batch(dispatcher, taken);
      findings.add(judge(user, batch, taken, justification, head.time()));
    }
    return findings;
  }

  private Finding judge(
      Address user,
      Settlement.Settled batch,
      LaneDebits.Taken taken,
      Justification justification,
      long now) {
    Settlement.BatchRecord kept = settlement.batch(batch.header());
    long until = kept.settledAt() + court.terms().window();
    State state;
    if (kept.state() == Settlement.BatchState.CANCELLED) {
      state = State.UNDONE;
    } else if (!justification.isExceededBy(taken.amount())) {
      state = State.JUSTIFIED;
    } else {
      Court.Challenge challenge = court.challenge(question(user, batch, taken));
      until = challenge.state() == Court.State.NONE ? until : challenge.deadline();
      state =
          switch (challenge.state()) {
            case NONE -> now <= until ? State.CHALLENGEABLE : State.FINAL;
            case OPEN -> now <= until ? State.CHALLENGED : State.UNANSWERED;
            case ANSWERED -> State.ANSWERED;
            case WON, MOOT -> State.UNDONE;
          };
    }
    return new Finding(batch, taken, justification, state, until);
  }

  private Court.Question question(Address user, Settlement.Settled batch, LaneDebits.Taken taken) {
    List<Debit> all = settlement.open(chain, batch).batch().debits();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).payer().equals(user) && all.get(i).lane() == taken.lane()) {
        return new Court.Question(batch.header(), Court.Subject.DEBIT, BigInteger.valueOf(i));
      }
    }
    throw new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "batch %d took from lane %d and does not show so: the chain's RPC contradicts itself"
            .formatted(batch.number(), taken.lane()));
  }

  /**
   * Does the next thing about a debit that is not justified: challenges it, or cancels its batch
   * once nobody answered in time. There is nothing to do in the other states.
   *
   * @param user whose debit it is; she pays the bond, and collects it with a reward
   * @throws TeexException {@code CHAIN_REJECTED} if her tokens do not cover the bond, or somebody
   *     was faster
   */
  public void pursue(TransactionSender user, Finding finding) {
    Settlement.Opened opened = settlement.open(chain, finding.batch());
    if (finding.state() == State.CHALLENGEABLE) {
      requireBond(user);
      court.challenge(user, opened, user.address(), finding.taken().lane());
    } else if (finding.state() == State.UNANSWERED) {
      court.cancel(
          user, question(user.address(), finding.batch(), finding.taken()), opened.batch());
    }
  }

  private void requireBond(TransactionSender user) {
    Amount bond = court.bond();
    Amount held = token.balanceOf(user.address());
    if (held.compareTo(bond) < 0) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "a challenge takes a bond of %s tokens, %s has %s: it comes back with a reward unless the debit is justified"
              .formatted(bond, user.address(), held));
    }
    token.approve(user, court.address(), bond);
  }
}
