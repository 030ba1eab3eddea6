package io.teex.worker;

import io.teex.protocol.Limits;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Tier;
import java.time.Instant;

/** Orders that differ from a good one in what a test is about. */
final class Orders {
  private Orders() {}

  static Order withTier(Order order, Tier tier) {
    return copy(order, order.output(), order.limits(), tier, order.deadline());
  }

  static Order withDeadline(Order order, Instant deadline) {
    return copy(order, order.output(), order.limits(), order.tier(), deadline.getEpochSecond());
  }

  static Order withLimits(Order order, Limits limits) {
    return copy(order, order.output(), limits, order.tier(), order.deadline());
  }

  static Order withOutput(Order order, OutputTerms output) {
    return copy(order, output, order.limits(), order.tier(), order.deadline());
  }

  private static Order copy(
      Order order, OutputTerms output, Limits limits, Tier tier, long deadline) {
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        order.datasets(),
        order.purpose(),
        order.inputCommitment(),
        output,
        order.fee(),
        limits,
        tier,
        order.recentBlock(),
        deadline,
        order.salt());
  }
}
