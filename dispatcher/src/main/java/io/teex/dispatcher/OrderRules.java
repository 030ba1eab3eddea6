package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.OrderAuthority;
import io.teex.protocol.Pricing;
import io.teex.protocol.Profile;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which orders this dispatcher takes, but for sequence and money, which are the {@link Lane}'s to
 * judge. It reads only what it is given, so the same order, view and time get the same answer.
 *
 * @param self the dispatcher's account
 * @param payee whom its share is credited to
 * @param basisPoints its share, in 1/10000
 * @param lifeMax how far away an order's deadline may be
 */
record OrderRules(Domain domain, Address self, Address payee, int basisPoints, Duration lifeMax) {
  private static final int DATASETS_MAX = 16;

  /**
   * Judges an order.
   *
   * @param session encoded {@code Signed<Session>}, or empty
   * @param now seconds since the epoch
   * @return the terms on which it is taken
   * @throws TeexException with the code that names the order's fault
   */
  Terms judge(Signed<Order> signed, Bytes session, Origin origin, MarketView view, long now) {
    Order order = signed.value();
    OrderBounds.require(signed, session);
    requireAddressedTo(order, origin);
    requireAuthority(signed, session);
    requireSupported(order.tier());
    requireTimely(order, now);
    requireRecent(order, origin, view);
    MarketView.Service service = requireService(order.service(), view);
    requirePriceHolds(order, service);
    List<DatasetCharge> charges = requireDatasets(order, view);
    List<Amount> prices = charges.stream().map(DatasetCharge::amount).toList();
    Pricing.requireCovered(order, service.price(), prices, basisPoints);
    return new Terms(service.price(), service.owner(), charges, basisPoints, payee);
  }

  /**
   * Checks what must hold of a lane besides its money.
   *
   * @throws TeexException {@code ALLOWANCE_CLOSED} or {@code DEADLINE_TOO_FAR}
   */
  void requireOpen(Order order, Allowance allowance, long now) {
    if (allowance.expiry() <= now) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_CLOSED,
          allowance.expiry() == 0
              ? "%s has no lane %d for dispatcher %s: allow it money in one"
                  .formatted(order.user(), order.lane(), self)
              : "lane %d of %s is closed since %s: allow money in another one"
                  .formatted(
                      order.lane(), order.user(), Instant.ofEpochSecond(allowance.expiry())));
    }
    if (order.deadline() >= allowance.expiry()) {
      throw new TeexException(
          ErrorCode.DEADLINE_TOO_FAR,
          "the deadline %d is not before the expiry %d of lane %d"
              .formatted(order.deadline(), allowance.expiry(), order.lane()));
    }
  }

  /**
   * Checks that an on-chain request can still be paid for when it is done.
   *
   * @throws TeexException {@code ALLOWANCE_CLOSED} or {@code ALLOWANCE_TOO_SMALL}
   */
  void requireEscrow(Order order, MarketView.Escrow escrow) {
    if (!escrow.open() || !escrow.user().equals(order.user())) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_CLOSED, "the request is not open on chain any more");
    }
    if (escrow.amount().compareTo(order.fee().max()) < 0) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_TOO_SMALL,
          "the order may cost %s, its escrow holds %s"
              .formatted(order.fee().max(), escrow.amount()));
    }
  }

  private void requireAddressedTo(Order order, Origin origin) {
    Address expected =
        switch (origin) {
          case Origin.Submitted _ -> self;
          case Origin.Requested _ -> Address.ZERO;
        };
    if (!order.dispatcher().equals(expected)) {
      throw mismatch(
          "the order is for dispatcher %s, expected %s".formatted(order.dispatcher(), expected));
    }
  }

  private void requireAuthority(Signed<Order> signed, Bytes session) {
    if (session.isEmpty()) {
      OrderAuthority.require(domain, signed);
    } else {
      OrderAuthority.require(domain, signed, Signed.decode(Session.class, session.copy()));
    }
  }

  private static void requireSupported(Tier tier) {
    if (!Profile.parse(tier.profile()).guest().equals(Tier.WASM_1)) {
      throw mismatch("profile %s is not served, only %s".formatted(tier.profile(), Tier.WASM_1));
    }
    if (tier.tcbNotBefore() != 0) {
      // A certificate says how up to date a platform is, and of no date. Unjudged is refused.
      throw mismatch(
          "a TCB of %d or later is asked for; this dispatcher cannot judge TCB dates, expected 0"
              .formatted(tier.tcbNotBefore()));
    }
    boolean single =
        tier.required() <= 1
            && tier.redundancy() <= 1
            && tier.distinctOwners() <= 1
            && tier.distinctVendors() <= 1
            && tier.distinctPlatforms() <= 1;
    if (!single) {
      throw mismatch(
          "%d of %d executions are asked for; this dispatcher serves 1 of 1"
              .formatted(tier.required(), tier.redundancy()));
    }
  }

  private void requireTimely(Order order, long now) {
    if (order.deadline() <= now) {
      throw new TeexException(
          ErrorCode.ORDER_EXPIRED,
          "the order's deadline %s has passed, it is %s: sign a new order with a later one"
              .formatted(Instant.ofEpochSecond(order.deadline()), Instant.ofEpochSecond(now)));
    }
    long latest = now + lifeMax.toSeconds();
    if (order.deadline() > latest) {
      throw new TeexException(
          ErrorCode.DEADLINE_TOO_FAR,
          "the deadline %d is after %d, the latest that this dispatcher takes"
              .formatted(order.deadline(), latest));
    }
  }

  /** The user's block proves that our view is not one of the past, or of another chain. */
  private static void requireRecent(Order order, Origin origin, MarketView view) {
    long number = order.recentBlock().number();
    if (origin instanceof Origin.Requested requested && number >= requested.block()) {
      // To wait for such a block would be to wait for as long as a stranger likes.
      throw mismatch(
          "the order knows block %d and was placed in block %d: it can know earlier ones only"
              .formatted(number, requested.block()));
    }
    if (number > view.block().number()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "the order knows block %d, this dispatcher's view ends at %d: try again"
              .formatted(number, view.block().number()));
    }
    Bytes32 known =
        view.blockHash(number)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.ORDER_MISMATCH,
                    "block %d is too old to compare: sign with a recent one".formatted(number)));
    if (!known.equals(order.recentBlock().hash())) {
      throw mismatch(
          "block %d is %s here and %s in the order"
              .formatted(number, known, order.recentBlock().hash()));
    }
  }

  private static MarketView.Service requireService(ServiceRef reference, MarketView view) {
    MarketView.Service service =
        view.service(reference)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.UNKNOWN_SERVICE,
                    "service %s has no version %d with price version %d on chain: look it up again"
                        .formatted(reference.id(), reference.version(), reference.priceVersion())));
    if (!service.active()) {
      throw new TeexException(
          ErrorCode.SERVICE_INACTIVE,
          "service %s takes no orders at present".formatted(reference.id()));
    }
    if (!service.imageDigest().equals(reference.imageDigest())) {
      throw mismatch(
          "version %d of service %s has image %s, the order names %s"
              .formatted(
                  reference.version(),
                  reference.id(),
                  service.imageDigest(),
                  reference.imageDigest()));
    }
    return service;
  }

  /** As the manager has it: an order that it would not release for must not wait for a worker. */
  private static void requirePriceHolds(Order order, MarketView.Service service) {
    if (!Pricing.holds(order.deadline(), service.priceReplacedAt())) {
      throw mismatch(
          "version %d of the price of service %s was replaced at %s and holds for deadlines within %d hours of that, the order's is %s: look it up again"
              .formatted(
                  order.service().priceVersion(),
                  order.service().id(),
                  Instant.ofEpochSecond(service.priceReplacedAt()),
                  Pricing.ORDER_LIFE_SECONDS_MAX / 3_600,
                  Instant.ofEpochSecond(order.deadline())));
    }
  }

  private static List<DatasetCharge> requireDatasets(Order order, MarketView view) {
    if (order.datasets().size() > DATASETS_MAX) {
      throw mismatch(
          "%d data sets are more than %d".formatted(order.datasets().size(), DATASETS_MAX));
    }
    if (!order.datasets().isEmpty() && order.inputCommitment().isZero()) {
      throw mismatch("an order that uses data sets must commit to its input");
    }
    List<DatasetCharge> charges = new ArrayList<>();
    for (DatasetUse use : order.datasets()) {
      MarketView.Dataset dataset =
          view.dataset(use.id(), use.licenceDigest())
              .orElseThrow(() ->
                  new TeexException(
                      ErrorCode.UNKNOWN_DATASET,
                      "data set %s has no licence %s on chain: look it up again"
                          .formatted(use.id(), use.licenceDigest())));
      if (!dataset.active()) {
        throw new TeexException(
            ErrorCode.LICENCE_REVOKED,
            "licence %s of data set %s is revoked: ask its owner for another"
                .formatted(use.licenceDigest(), use.id()));
      }
      charges.add(
          new DatasetCharge(use.id(), use.licenceDigest(), dataset.owner(), dataset.pricePerUse()));
    }
    return charges;
  }

  private static TeexException mismatch(String what) {
    return new TeexException(ErrorCode.ORDER_MISMATCH, what);
  }
}
