package io.teex.dispatcher;

import io.teex.chain.Addresses;
import io.teex.chain.ChainViews;
import io.teex.chain.Court;
import io.teex.chain.Demands;
import io.teex.chain.Proceeds;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Signed;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Court and demands over JSON-RPC. */
final class EthereumTribunal implements Tribunal {
  /** Sixteen hours of Ethereum: after a start, questions are looked for so far back. */
  private static final long LOOK_BACK_BLOCKS = 5_000;

  /** A reorganisation may bring questions in blocks that were read already. */
  private static final long OVERLAP_BLOCKS = 16;

  private final ChainViews views;
  private final TransactionSender sender;
  private final Court court;
  private final Demands demands;
  private final Settlement settlement;
  private final Proceeds proceeds;
  private final Token token;
  private final Address payout;
  private final Set<Court.Question> questions = new LinkedHashSet<>();
  private final Set<Bytes32> demanded = new LinkedHashSet<>();
  private long questionsFrom = -1;
  private long demandsFrom = -1;

  /**
   * @param sender the dispatcher's own account, which pays the gas
   * @param payout where bonds go that it won: its own key never leaves it
   */
  EthereumTribunal(
      ChainViews views, TransactionSender sender, Addresses addresses, Address payout) {
    this.views = views;
    this.sender = sender;
    this.court = new Court(sender.chain(), addresses);
    this.demands = new Demands(sender.chain(), addresses);
    this.settlement = new Settlement(sender.chain(), addresses);
    this.proceeds = new Proceeds(sender.chain(), addresses);
    this.token = new Token(sender.chain(), addresses);
    this.payout = payout;
  }

  @Override
  public List<Challenge> challenges() {
    long head = views.latest().block().number();
    if (head >= questionsFrom) {
      questions.addAll(court.questions(from(questionsFrom, head), head));
      questionsFrom = head + 1;
    }
    List<Challenge> open =
        questions.stream()
            .map(question -> new Kept(question, court.challenge(question)))
            .filter(kept -> kept.challenge().state() == Court.State.OPEN)
            .map(kept -> new Challenge(kept.question(), kept.challenge().shown()))
            .toList();
    questions.retainAll(open.stream().map(Challenge::question).toList());
    return open;
  }

  private record Kept(Court.Question question, Court.Challenge challenge) {}

  @Override
  public List<Bytes32> demands() {
    long head = views.latest().block().number();
    if (head >= demandsFrom) {
      demanded.addAll(demands.demanded(sender.address(), from(demandsFrom, head), head));
      demandsFrom = head + 1;
    }
    demanded.removeIf(receipt -> demands.demand(receipt).state() != Demands.State.OPEN);
    return List.copyOf(demanded);
  }

  private static long from(long next, long head) {
    return Math.max(0, next < 0 ? head - LOOK_BACK_BLOCKS + 1 : next - OVERLAP_BLOCKS);
  }

  @Override
  public void answer(Challenge challenge, BatchHeader header, Court.Part part) {
    court.answer(sender, header, challenge.question(), part);
  }

  @Override
  public void answer(
      Challenge challenge,
      BatchHeader header,
      int lane,
      Signed<Receipt> receipt,
      ReceiptTree.Proof proof) {
    court.answer(sender, header, challenge.question(), lane, receipt, proof);
  }

  @Override
  public void answer(BatchHeader header, ReceiptLeaf leaf, ReceiptTree.Proof proof) {
    demands.answer(sender, header, leaf, proof);
  }

  /** All of the account's tokens: it holds none for long, but what a process that ended left. */
  @Override
  public void collect() {
    proceeds.collect(sender);
    Amount held = token.balanceOf(sender.address());
    if (!held.isZero()) {
      token.transfer(sender, payout, held);
    }
  }

  @Override
  public Duration memory(Duration settleWithin) {
    Duration ofChallenges = court.terms().memory();
    Duration ofDemands = demands.terms().memory(settlement.withdrawDelay()).plus(settleWithin);
    return ofChallenges.compareTo(ofDemands) > 0 ? ofChallenges : ofDemands;
  }
}
