package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.FEE_TOO_SMALL;
import static io.teex.protocol.ErrorCode.INPUT_MISMATCH;
import static io.teex.protocol.ErrorCode.LICENCE_EXPIRED;
import static io.teex.protocol.ErrorCode.LICENCE_REFUSED;
import static io.teex.protocol.ErrorCode.LICENCE_REVOKED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.UNKNOWN_DATASET;

import io.teex.attestation.TimeInterval;
import io.teex.chain.DataMarket;
import io.teex.manager.catalogue.DatasetRecord;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Licence;
import io.teex.protocol.Order;
import io.teex.protocol.SideChannels;
import io.teex.protocol.TeexException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the owners of the ordered data let this order use them; counting comes after. */
public final class LicenceRules {
  /** The most data sets that one order may use. */
  public static final int DATASETS_MAX = 16;

  private LicenceRules() {}

  /**
   * What is known of one ordered data set.
   *
   * @param listing the licence's listing on chain, if there is one
   * @param kept what this manager keeps under the licence digest, if anything
   */
  public record Facts(Optional<DataMarket.Licence> listing, Optional<DatasetRecord> kept) {}

  /**
   * What holds for the order as a whole.
   *
   * @throws TeexException {@code ORDER_MISMATCH}, or {@code INPUT_MISMATCH} if data is used on an
   *     uncommitted input: then retries could query it again and again
   */
  public static void checkOrder(Order order) {
    List<DatasetUse> uses = order.datasets();
    require(
        uses.size() <= DATASETS_MAX,
        ORDER_MISMATCH,
        "the order uses %d data sets, at most %d can be used",
        uses.size(),
        DATASETS_MAX);
    Set<Bytes32> licences = new HashSet<>();
    for (DatasetUse use : uses) {
      require(
          licences.add(use.licenceDigest()),
          ORDER_MISMATCH,
          "the order uses licence %s twice",
          use.licenceDigest());
    }
    require(
        uses.isEmpty() || !order.inputCommitment().isZero(),
        INPUT_MISMATCH,
        "an order that uses data must commit to its input");
  }

  /**
   * @return what the use takes from the licence's counters
   * @throws TeexException {@code UNKNOWN_DATASET}, {@code LICENCE_REVOKED}, {@code
   *     LICENCE_REFUSED}, {@code LICENCE_EXPIRED} or {@code FEE_TOO_SMALL}
   */
  public static LicensedUse check(Order order, DatasetUse use, Facts facts, TimeInterval now) {
    DataMarket.Licence listing =
        facts.listing().orElseThrow(() -> unknown(use, "is not listed on chain"));
    Licence licence =
        facts
            .kept()
            .orElseThrow(() -> unknown(use, "is not registered with this manager"))
            .licence();
    require(
        listing.state() != DataMarket.LicenceState.PENDING,
        LICENCE_REFUSED,
        "licence %s of data set %s is not listed yet: the data set changed hands, and what its new"
            + " owner adds waits",
        use.licenceDigest(),
        use.id());
    require(
        listing.isActive(),
        LICENCE_REVOKED,
        "licence %s of data set %s was revoked on chain: ask its owner for another",
        use.licenceDigest(),
        use.id());
    // The listing decides who is paid: it must be the owner's own, on the owner's terms.
    require(
        listing.publisher().equals(licence.owner())
            && listing.dataDigest().equals(licence.dataDigest())
            && listing.pricePerUse().equals(licence.pricePerUse()),
        LICENCE_REFUSED,
        "data set %s is listed on other terms than licence %s",
        use.id(),
        use.licenceDigest());
    checkTerms(order, licence, use.licenceDigest());
    checkDates(licence, use.licenceDigest(), now);
    require(
        licence.pricePerUse().compareTo(use.priceCap()) <= 0,
        FEE_TOO_SMALL,
        "data set %s costs %s a use, the order allows %s",
        use.id(),
        licence.pricePerUse(),
        use.priceCap());
    return new LicensedUse(
        use.licenceDigest(),
        Math.min(order.output().capBytes(), licence.outputBytesPerTask()),
        SideChannels.TASK_BYTES,
        licence.usesMax(),
        licence.outputBytesTotal());
  }

  private static void checkTerms(Order order, Licence licence, Bytes32 digest) {
    require(
        licence.images().contains(order.service().imageDigest()),
        LICENCE_REFUSED,
        "licence %s does not allow image %s",
        digest,
        order.service().imageDigest());
    require(
        licence.users().isEmpty() || licence.users().contains(order.user()),
        LICENCE_REFUSED,
        "licence %s does not allow user %s",
        digest,
        order.user());
    require(
        licence.purpose().isEmpty() || licence.purpose().equals(order.purpose()),
        LICENCE_REFUSED,
        "licence %s does not allow the order's purpose",
        digest);
  }

  private static void checkDates(Licence licence, Bytes32 digest, TimeInterval now) {
    require(
        Dates.hasBegun(now, licence.notBefore()),
        LICENCE_REFUSED,
        "licence %s begins at %s, it is only %s",
        digest,
        Dates.instant(licence.notBefore()),
        now.earliest());
    require(
        !Dates.mayBeOver(now, licence.expiry()),
        LICENCE_EXPIRED,
        "licence %s ended at %s, it is %s: ask its owner for another",
        digest,
        Dates.instant(licence.expiry()),
        now.latest());
  }

  private static TeexException unknown(DatasetUse use, String what) {
    return new TeexException(
        UNKNOWN_DATASET,
        "licence %s of data set %s %s".formatted(use.licenceDigest(), use.id(), what));
  }
}
