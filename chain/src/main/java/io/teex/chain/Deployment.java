package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.protocol.Uint;
import java.time.Duration;
import java.util.List;

/** Puts a whole market on a chain. */
public final class Deployment {
  /** How many contracts the registry is followed by, before the one that it asks about managers. */
  private static final int BEFORE_ATTESTATION = 5;

  private record TokenArguments(Address owner) {}

  private record RegistryArguments(
      Address owner, Address settlement, long trustDelay, Address managerAttestation) {}

  private record MarketArguments(long listingDelay) {}

  private record SettlementTerms(
      Address token,
      Address registry,
      Address stakes,
      Address court,
      Address demands,
      @Uint(40) long withdrawDelay,
      @Uint(40) long period) {}

  private record SettlementArguments(SettlementTerms terms) {}

  private record StakesTerms(@Uint(40) long unbondingTime, Address treasury, Amount rewardMax) {}

  private record StakesArguments(Address settlement, StakesTerms terms) {}

  private record CourtTerms(
      @Uint(40) long window, @Uint(40) long answerTime, Amount bond, Amount rewardMax) {}

  private record CourtArguments(Address settlement, CourtTerms terms) {}

  private record DemandsTerms(@Uint(40) long grace, @Uint(40) long answerTime, Amount bond) {}

  private record DemandsArguments(Address settlement, DemandsTerms terms) {}

  private record AnchorArguments(Address settlement) {}

  /**
   * What the contracts of a market are made with, for ever; in whole seconds.
   *
   * @param withdrawDelay how long after its expiry an allowance can still be debited
   * @param trustDelay how long after a decision that widens trust it takes effect, and how long
   *     what a later owner adds to a service or data set waits; zero for development only
   * @param period credits can be claimed after the period that follows their batch's: at least the
   *     window and twice the answer time
   * @param window how long after a batch it can be challenged
   * @param answerTime how long a challenge or a demand waits for its answer
   * @param grace how long after a settle-by date a worker may demand its pay
   * @param unbondingTime how long a stake can be lost after its owner asked for it back: at least
   *     the withdraw delay and two periods
   * @param bond what a challenge or a demand costs until it is decided
   * @param rewardMax the most that whoever shows something wrong is paid
   * @param managerQuotes what proves on chain what managers run
   */
  public record Terms(
      Duration withdrawDelay,
      Duration trustDelay,
      Duration period,
      Duration window,
      Duration answerTime,
      Duration grace,
      Duration unbondingTime,
      Amount bond,
      Amount rewardMax,
      ManagerQuotes managerQuotes) {

    /**
     * For markets on one machine: nobody waits for more than six minutes to be paid, and managers,
     * which are simulated there, need no quote.
     */
    public static Terms development(Duration withdrawDelay) {
      Duration period = Duration.ofMinutes(3);
      return new Terms(
          withdrawDelay,
          Duration.ZERO,
          period,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(10),
          withdrawDelay.plus(period.multipliedBy(2)),
          Amount.of(1_000_000),
          Amount.of(1_000_000),
          new ManagerQuotes.NotAsked());
    }

    /** The same with another delay before trust widens. */
    public Terms withTrustDelay(Duration delay) {
      return new Terms(
          withdrawDelay,
          delay,
          period,
          window,
          answerTime,
          grace,
          unbondingTime,
          bond,
          rewardMax,
          managerQuotes);
    }

    /** The same with other quotes of managers. */
    public Terms withManagerQuotes(ManagerQuotes quotes) {
      return new Terms(
          withdrawDelay,
          trustDelay,
          period,
          window,
          answerTime,
          grace,
          unbondingTime,
          bond,
          rewardMax,
          quotes);
    }
  }

  /** Whether managers have to prove on chain what they run. */
  public sealed interface ManagerQuotes {
    /** They prove it to their peers only. */
    record NotAsked() implements ManagerQuotes {}

    /**
     * A key is no manager's without a quote.
     *
     * @param life how long one counts at most; whole seconds, at most 30 days
     * @param root that it has to lead up to, see {@link QuoteContracts#INTEL_ROOT}
     */
    record Needed(Duration life, Bytes root) implements ManagerQuotes {}
  }

  /**
   * Whose a market is.
   *
   * @param token that is paid with; zero for a development token of governance's
   * @param governance owns the registry, and gets what convicted workers lose
   */
  public record Parties(Address token, Address governance) {}

  /**
   * A market on a chain.
   *
   * @param contracts in the order in which they were created
   */
  public record Deployed(Addresses addresses, List<Created> contracts) {
    public Deployed {
      contracts = List.copyOf(contracts);
    }

    /**
     * That the code on the chain is that of the artifacts. Asked for after the addresses were kept:
     * a node that lags must not make what was paid for look lost.
     *
     * @throws TeexException {@code CHAIN_REJECTED} if a contract has other code
     */
    public void requireCode(ChainClient chain) {
      contracts.forEach(it -> DeployedCode.require(it, chain.code(it.address())));
    }
  }

  private Deployment() {}

  /**
   * Deploys a development token and all contracts, one transaction each; {@link ResumedDeployment}
   * does it where it may be cut off. The sender becomes the owner of token and registry, and the
   * treasury of what convicted workers lose: governance. The account must send nothing else
   * meanwhile.
   */
  public static Addresses deploy(TransactionSender governance, Terms terms) {
    return deploy(governance, terms, new Parties(Address.ZERO, governance.address())).addresses();
  }

  /**
   * The same for others than the sender, who has no right in it afterwards.
   *
   * @throws TeexException {@code USAGE} if the token is no contract; {@code CHAIN_REJECTED} if a
   *     constructor refuses its arguments
   */
  public static Deployed deploy(TransactionSender sender, Terms terms, Parties parties) {
    requireToken(sender.chain(), parties.token());
    DeploymentPlan plan = new DeploymentPlan(sender.address(), sender.nextNonce());
    Addresses addresses = plan(plan, sender.chain().chainId(), terms, parties);
    return new Deployed(addresses, new Creations(sender).carryOut(plan));
  }

  /** Plans all contracts; says where they will be. */
  static Addresses plan(DeploymentPlan plan, long chainId, Terms terms, Parties parties) {
    Address governance = parties.governance();
    Address token =
        parties.token().isZero()
            ? plan.create("DevToken", new TokenArguments(governance))
            : parties.token();
    Address verifier = planVerifier(plan, terms.managerQuotes());
    // The contracts name each other, by the addresses that they will have.
    Address settlement = plan.ahead(1);
    SettlementTerms ofSettlement =
        new SettlementTerms(
            token,
            plan.ahead(0),
            plan.ahead(2),
            plan.ahead(3),
            plan.ahead(4),
            terms.withdrawDelay().toSeconds(),
            terms.period().toSeconds());
    Address attestation = verifier.isZero() ? Address.ZERO : plan.ahead(BEFORE_ATTESTATION);
    long trustDelay = terms.trustDelay().toSeconds();
    Address registry =
        plan.create(
            "EnclaveRegistry",
            new RegistryArguments(governance, settlement, trustDelay, attestation));
    plan.create("Settlement", new SettlementArguments(ofSettlement));
    planJustice(plan, terms, settlement, governance);
    if (terms.managerQuotes() instanceof ManagerQuotes.Needed(Duration life, Bytes _)) {
      ManagerAttestation.plan(plan, governance, registry, verifier, life);
    }
    Address anchors = plan.create("StateAnchor", new AnchorArguments(settlement));
    MarketArguments ofMarkets = new MarketArguments(trustDelay);
    return new Addresses(
        chainId,
        token,
        registry,
        plan.create("ServiceMarket", ofMarkets),
        plan.create("DataMarket", ofMarkets),
        settlement,
        anchors,
        attestation);
  }

  static void requireToken(ChainClient chain, Address token) {
    if (!token.isZero() && chain.code(token).isEmpty()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "there is no contract at %s on chain %d, expected an ERC-20 token"
              .formatted(token, chain.chainId()));
    }
  }

  /** Zero where nobody needs one. */
  private static Address planVerifier(DeploymentPlan plan, ManagerQuotes quotes) {
    return switch (quotes) {
      case ManagerQuotes.NotAsked() -> Address.ZERO;
      case ManagerQuotes.Needed(Duration _, Bytes root) ->
          QuoteContracts.plan(plan, root).verifier();
    };
  }

  private static void planJustice(
      DeploymentPlan plan, Terms terms, Address settlement, Address treasury) {
    long answerTime = terms.answerTime().toSeconds();
    plan.create(
        "Stakes",
        new StakesArguments(
            settlement,
            new StakesTerms(terms.unbondingTime().toSeconds(), treasury, terms.rewardMax())));
    plan.create(
        "Court",
        new CourtArguments(
            settlement,
            new CourtTerms(
                terms.window().toSeconds(), answerTime, terms.bond(), terms.rewardMax())));
    plan.create(
        "Demands",
        new DemandsArguments(
            settlement, new DemandsTerms(terms.grace().toSeconds(), answerTime, terms.bond())));
  }
}
