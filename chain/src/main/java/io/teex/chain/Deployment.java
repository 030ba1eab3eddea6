package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.time.Duration;
import java.util.List;

/** Puts a whole market on a chain. */
public final class Deployment {
  /** Managers prove what they run to their peers, and not on chain. */
  private static final Address NO_MANAGER_ATTESTATION = new Address(Bytes.of(new byte[20]));

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
      Amount rewardMax) {

    /** For markets on one machine: nobody waits for more than six minutes to be paid. */
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
          Amount.of(1_000_000));
    }

    /** The same with another delay before trust widens. */
    public Terms withTrustDelay(Duration delay) {
      return new Terms(
          withdrawDelay, delay, period, window, answerTime, grace, unbondingTime, bond, rewardMax);
    }
  }

  private Deployment() {}

  /**
   * Deploys a development token and all contracts, one transaction each. The sender becomes the
   * owner of token and registry, and the treasury of what convicted workers lose: governance. The
   * account must send nothing else meanwhile.
   */
  public static Addresses deploy(TransactionSender governance, Terms terms) {
    Address token =
        create(governance, "DevToken", encode(new TokenArguments(governance.address())));
    // The contracts name each other, so the later ones' addresses are known beforehand.
    long nonce = governance.nextNonce();
    Address settlement = created(governance.address(), nonce + 1);
    SettlementTerms ofSettlement =
        new SettlementTerms(
            token,
            created(governance.address(), nonce),
            created(governance.address(), nonce + 2),
            created(governance.address(), nonce + 3),
            created(governance.address(), nonce + 4),
            terms.withdrawDelay().toSeconds(),
            terms.period().toSeconds());
    create(
        governance,
        "EnclaveRegistry",
        encode(
            new RegistryArguments(
                governance.address(),
                settlement,
                terms.trustDelay().toSeconds(),
                NO_MANAGER_ATTESTATION)),
        ofSettlement.registry());
    create(governance, "Settlement", encode(new SettlementArguments(ofSettlement)), settlement);
    deployJustice(governance, terms, ofSettlement, settlement);
    Address anchors = create(governance, "StateAnchor", encode(new AnchorArguments(settlement)));
    Bytes markets = encode(new MarketArguments(terms.trustDelay().toSeconds()));
    return new Addresses(
        governance.chain().chainId(),
        token,
        ofSettlement.registry(),
        create(governance, "ServiceMarket", markets),
        create(governance, "DataMarket", markets),
        settlement,
        anchors);
  }

  private static void deployJustice(
      TransactionSender governance, Terms terms, SettlementTerms places, Address settlement) {
    long answerTime = terms.answerTime().toSeconds();
    StakesTerms ofStakes =
        new StakesTerms(terms.unbondingTime().toSeconds(), governance.address(), terms.rewardMax());
    CourtTerms ofCourt =
        new CourtTerms(terms.window().toSeconds(), answerTime, terms.bond(), terms.rewardMax());
    DemandsTerms ofDemands = new DemandsTerms(terms.grace().toSeconds(), answerTime, terms.bond());
    create(
        governance, "Stakes", encode(new StakesArguments(settlement, ofStakes)), places.stakes());
    create(governance, "Court", encode(new CourtArguments(settlement, ofCourt)), places.court());
    create(
        governance,
        "Demands",
        encode(new DemandsArguments(settlement, ofDemands)),
        places.demands());
  }

  /** The address of the contract that an account's transaction with this nonce creates. */
  static Address created(Address creator, long nonce) {
    byte[] seed = Rlp.list(List.of(Rlp.string(creator.value()), Rlp.number(nonce)));
    return new Address(Keccak.hash(seed).value().slice(12, 32));
  }

  private static void create(
      TransactionSender sender, String contract, Bytes arguments, Address expected) {
    Address deployed = create(sender, contract, arguments);
    if (!deployed.equals(expected)) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s is at %s, expected %s: the account sent something else meanwhile"
              .formatted(contract, deployed, expected));
    }
  }

  private static Address create(TransactionSender sender, String contract, Bytes arguments) {
    return sender.create(
        "deploying " + contract,
        Bytes.concat(ContractArtifact.load(contract).bytecode(), arguments));
  }

  private static Bytes encode(Record arguments) {
    return Bytes.of(TypedData.encodeArguments(arguments));
  }
}
