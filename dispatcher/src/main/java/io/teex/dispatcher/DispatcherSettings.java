package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Pricing;
import io.teex.rpc.node.NodeConfig;
import java.time.Duration;

/**
 * How a dispatcher works; each part names its keys.
 *
 * @param basisPoints {@code basis-points}: its share on top of service and data, in 1/10000
 * @param payout {@code payout}: the account that the share is credited to
 */
public record DispatcherSettings(
    int basisPoints, Address payout, Orders orders, Workers workers, Batches batches) {
  private static final Duration ORDER_LIFE_MAX = Duration.ofSeconds(Pricing.ORDER_LIFE_SECONDS_MAX);

  /**
   * @param lifeMax {@code order.life-max}: how far away a deadline may be; together with the time
   *     to settle it has to be shorter than the chain's withdraw delay; at most {@link
   *     Pricing#ORDER_LIFE_SECONDS_MAX}
   * @param attemptsMax {@code order.attempts-max}: leases of a task before it is given up
   * @param queueMax {@code queue.max}: tasks that may wait for a worker
   * @param patience {@code queue.patience}: how long a call waits for a worker
   * @param keep {@code results.keep}: how long a settled task can be asked for, at least {@code
   *     order.life-max}
   */
  public record Orders(
      Duration lifeMax, int attemptsMax, int queueMax, Duration patience, Duration keep) {}

  /**
   * @param lease {@code lease.duration}: in which a worker must begin
   * @param heartbeat {@code heartbeat}: how often a worker says that it is alive
   * @param silenceMax {@code heartbeat.silence-max}: after which it is gone
   */
  public record Workers(Duration lease, Duration heartbeat, Duration silenceMax) {}

  /**
   * @param tasksMax {@code batch.tasks-max}: also how many make a batch at once
   * @param gasMax {@code batch.gas-max}: of a transaction, below the chain's 2²⁴
   * @param patience {@code batch.wait}: how long the first task waits for more
   * @param payersMin {@code batch.payers-min}: payers that a full batch has at least
   * @param settleWithin {@code settle.within}: what acknowledgements promise
   * @param onDemand {@code settle.on-demand}: whether anybody may have a batch made at once that is
   *     worth one, which costs this dispatcher gas; for markets of one's own
   * @param posting {@code receipts}: what a batch shows of its receipts: their {@code root}, all of
   *     them in {@code calldata}, or in a {@code blob}
   */
  public record Batches(
      int tasksMax,
      long gasMax,
      Duration patience,
      int payersMin,
      Duration settleWithin,
      boolean onDemand,
      Posting posting) {}

  public static DispatcherSettings from(NodeConfig config) {
    DispatcherSettings settings =
        new DispatcherSettings(
            config.integer("basis-points", 200, 0, 10_000),
            config.address("payout"),
            new Orders(
                config.duration("order.life-max", Duration.ofHours(1)),
                config.integer("order.attempts-max", 3, 1, 100),
                config.integer("queue.max", 10_000, 1, 1_000_000),
                config.duration("queue.patience", Duration.ofSeconds(10)),
                config.duration("results.keep", Duration.ofDays(1))),
            new Workers(
                config.duration("lease.duration", Duration.ofSeconds(15)),
                config.duration("heartbeat", Duration.ofSeconds(1)),
                config.duration("heartbeat.silence-max", Duration.ofSeconds(3))),
            new Batches(
                config.integer("batch.tasks-max", 200, 1, 100_000),
                config.number("batch.gas-max", 15_000_000, 500_000, 1 << 24),
                config.duration("batch.wait", Duration.ofMinutes(1)),
                config.integer("batch.payers-min", 1, 1, 1_000),
                config.duration("settle.within", Duration.ofMinutes(30)),
                config.flag("settle.on-demand", false),
                config.parsed("receipts", Posting.ROOT, Posting::parse)));
    if (settings.payout().isZero()) {
      throw config.failure("payout", "is zero, so its share would be lost");
    }
    if (settings.orders().lifeMax().compareTo(ORDER_LIFE_MAX) > 0) {
      throw config.failure(
          "order.life-max",
          "is longer than %s, for which a price that was replaced holds".formatted(ORDER_LIFE_MAX));
    }
    if (settings.orders().keep().compareTo(settings.orders().lifeMax()) < 0) {
      throw config.failure("results.keep", "is shorter than order.life-max");
    }
    if (settings.workers().silenceMax().compareTo(settings.workers().heartbeat()) <= 0) {
      throw config.failure("heartbeat.silence-max", "is not longer than heartbeat");
    }
    if (settings.batches().settleWithin().compareTo(settings.batches().patience()) <= 0) {
      throw config.failure("settle.within", "is not longer than batch.wait");
    }
    return settings;
  }
}
