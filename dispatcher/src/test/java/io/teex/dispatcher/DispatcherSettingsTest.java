package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.rpc.node.NodeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatcherSettingsTest {
  private static final Map<String, String> REQUIRED =
      Map.of("payout", TestMarket.DISPATCHER_PAYEE.toString());

  private static DispatcherSettings read(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(REQUIRED);
    values.putAll(more);
    NodeConfig config = NodeConfig.of(values);
    DispatcherSettings settings = DispatcherSettings.from(config);
    config.requireAllRead();
    return settings;
  }

  @Test
  void hasDefaults() {
    assertThat(read(Map.of()))
        .isEqualTo(
            new DispatcherSettings(
                200,
                TestMarket.DISPATCHER_PAYEE,
                new DispatcherSettings.Orders(
                    Duration.ofHours(1), 3, 10_000, Duration.ofSeconds(10), Duration.ofDays(1)),
                new DispatcherSettings.Workers(
                    Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(3)),
                new DispatcherSettings.Batches(
                    200,
                    15_000_000,
                    Duration.ofMinutes(1),
                    1,
                    Duration.ofMinutes(30),
                    false,
                    Posting.ROOT)));
  }

  @Test
  void takesEveryKey() {
    Map<String, String> all =
        Map.ofEntries(
            Map.entry("basis-points", "150"),
            Map.entry("order.life-max", "PT10M"),
            Map.entry("order.attempts-max", "5"),
            Map.entry("queue.max", "7"),
            Map.entry("queue.patience", "PT2S"),
            Map.entry("results.keep", "PT3H"),
            Map.entry("lease.duration", "PT9S"),
            Map.entry("heartbeat", "PT0.3S"),
            Map.entry("heartbeat.silence-max", "PT0.9S"),
            Map.entry("batch.tasks-max", "50"),
            Map.entry("batch.gas-max", "9000000"),
            Map.entry("batch.wait", "PT5S"),
            Map.entry("batch.payers-min", "4"),
            Map.entry("settle.within", "PT20M"),
            Map.entry("settle.on-demand", "true"),
            Map.entry("receipts", "blob"));

    assertThat(read(all))
        .isEqualTo(
            new DispatcherSettings(
                150,
                TestMarket.DISPATCHER_PAYEE,
                new DispatcherSettings.Orders(
                    Duration.ofMinutes(10), 5, 7, Duration.ofSeconds(2), Duration.ofHours(3)),
                new DispatcherSettings.Workers(
                    Duration.ofSeconds(9), Duration.ofMillis(300), Duration.ofMillis(900)),
                new DispatcherSettings.Batches(
                    50,
                    9_000_000,
                    Duration.ofSeconds(5),
                    4,
                    Duration.ofMinutes(20),
                    true,
                    Posting.BLOB)));
  }

  @Test
  void refusesWhatCannotWork() {
    refused(ErrorCode.USAGE, "basis-points", () -> read(Map.of("basis-points", "10001")));
    refused(
        ErrorCode.USAGE,
        "payout",
        () -> read(Map.of("payout", "0x0000000000000000000000000000000000000000")));
    refused(
        ErrorCode.USAGE,
        "heartbeat.silence-max",
        () -> read(Map.of("heartbeat", "PT5S", "heartbeat.silence-max", "PT5S")));
    refused(
        ErrorCode.USAGE,
        "settle.within",
        () -> read(Map.of("settle.within", "PT5S", "batch.wait", "PT5S")));
    refused(
        ErrorCode.USAGE,
        "results.keep",
        () -> read(Map.of("results.keep", "PT59M", "order.life-max", "PT1H")));
    refused(
        ErrorCode.USAGE,
        "order.life-max",
        () -> read(Map.of("results.keep", "P2D", "order.life-max", "PT24H1S")));
    refused(ErrorCode.USAGE, "batch.tasks", () -> read(Map.of("batch.tasks", "5")));
  }

  @Test
  void refusesOrdersThatCouldOutliveTheirMoney() {
    try (TestMarket market = new TestMarket()) {
      DispatcherSettings settings = TestMarket.settings();
      DispatcherSettings late =
          new DispatcherSettings(
              settings.basisPoints(),
              settings.payout(),
              new DispatcherSettings.Orders(
                  Duration.ofMinutes(91), 3, 100, Duration.ofSeconds(1), Duration.ofHours(24)),
              settings.workers(),
              settings.batches());

      refused(ErrorCode.USAGE, "order.life-max", () -> market.open(market.disk, late));
    }
  }
}
