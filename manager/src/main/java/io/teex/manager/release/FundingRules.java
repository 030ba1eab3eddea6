package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.ALLOWANCE_CLOSED;
import static io.teex.protocol.ErrorCode.ALLOWANCE_TOO_SMALL;
import static io.teex.protocol.ErrorCode.NOT_FOUND;
import static io.teex.protocol.ErrorCode.SEQUENCE_REUSED;

import io.teex.attestation.TimeInterval;
import io.teex.chain.Settlement;
import io.teex.protocol.Order;
import java.util.Optional;

/**
 * Whether the money that the chain holds can pay for the order at its dearest. A dispatcher that
 * lies about what is locked can still promise one allowance twice: that is its own loss, since the
 * contract pays it at most once.
 */
public final class FundingRules {
  private FundingRules() {}

  /**
   * The lane that the order names.
   *
   * @throws io.teex.protocol.TeexException {@code ALLOWANCE_CLOSED}, {@code SEQUENCE_REUSED} or
   *     {@code ALLOWANCE_TOO_SMALL}
   */
  public static void check(Order order, Settlement.Allowance allowance, TimeInterval now) {
    require(
        !Dates.mayHaveCome(now, allowance.expiry()),
        ALLOWANCE_CLOSED,
        "lane %d of %s is closed since %s: allow money in another one",
        order.lane(),
        order.user(),
        Dates.instant(allowance.expiry()));
    require(
        order.sequence() > allowance.settledSequence(),
        SEQUENCE_REUSED,
        "sequence %d of lane %d is not after %d, which is settled: sign with a later one",
        order.sequence(),
        order.lane(),
        allowance.settledSequence());
    require(
        allowance.remaining().compareTo(order.fee().max()) >= 0,
        ALLOWANCE_TOO_SMALL,
        "lane %d of %s holds %s, the order may cost %s: allow more",
        order.lane(),
        order.user(),
        allowance.remaining(),
        order.fee().max());
  }

  /**
   * The escrow of an order that names no dispatcher.
   *
   * @throws io.teex.protocol.TeexException {@code NOT_FOUND} if it was not requested on chain, or
   *     paid or reclaimed since
   */
  public static void check(Order order, Optional<Settlement.Request> request) {
    require(
        request
            .filter(r -> r.state() == Settlement.RequestState.OPEN)
            .filter(r -> r.escrow().compareTo(order.fee().max()) >= 0)
            .isPresent(),
        NOT_FOUND,
        "the order names no dispatcher, and the chain holds no open request for it");
  }
}
