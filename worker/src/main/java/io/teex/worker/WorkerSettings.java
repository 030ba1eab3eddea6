package io.teex.worker;

import io.teex.chain.ChainEndpoints;
import io.teex.executor.EngineKind;
import io.teex.protocol.Address;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.node.NodeSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The settings of a worker.
 *
 * @param chainRpc {@code chain.rpc}: JSON-RPC of Ethereum nodes, separated by commas
 * @param chainAddresses {@code chain.addresses}: file with chain id and contract addresses
 * @param manager {@code manager}: the Service Manager's endpoint
 * @param managerAddress {@code manager.address}: the account whose certificates count
 * @param dispatchers <code>dispatcher</code>: endpoints, separated by commas
 * @param blobs {@code blobs}: URL of the blob store
 * @param payout {@code payout}: the account that earnings are credited to
 * @param url {@code attestation.url}: where users reach what {@code attestation.http} serves, as
 *     dispatchers tell them; empty if nowhere
 */
public record WorkerSettings(
    NodeSettings node,
    ChainEndpoints chainRpc,
    Path chainAddresses,
    Endpoint manager,
    Address managerAddress,
    List<Endpoint> dispatchers,
    URI blobs,
    Address payout,
    String url,
    Execution execution) {

  /**
   * @param slots {@code slots}: tasks at once
   * @param engine {@code engine}: {@code v8} or {@code endive}; every receipt names it
   * @param osSandbox {@code no-os-sandbox} negated: false runs guests without bubblewrap, and every
   *     receipt says so
   * @param nodeProgram {@code node}: Node.js, a path or a name on {@code PATH}; for V8 alone
   * @param bubblewrap {@code bubblewrap}: likewise
   * @param wallTimeMax {@code task.wall-time-max}: after which a guest is stopped
   * @param slotWait {@code slots.wait}: how long an attempt may wait for a slot
   * @param cacheBytesMax {@code cache.bytes-max}: of sealed blobs kept in memory
   */
  public record Execution(
      int slots,
      EngineKind engine,
      boolean osSandbox,
      Path nodeProgram,
      Path bubblewrap,
      Duration wallTimeMax,
      Duration slotWait,
      long cacheBytesMax) {}

  public WorkerSettings {
    dispatchers = List.copyOf(dispatchers);
  }

  public static WorkerSettings from(NodeConfig config) {
    WorkerSettings settings =
        new WorkerSettings(
            NodeSettings.from(config),
            config.confidential("chain.rpc", ChainEndpoints::parse),
            config.path("chain.addresses"),
            config.endpoint("manager"),
            config.address("manager.address"),
            Arrays.stream(config.text("dispatcher").split(","))
                .map(endpoint -> Endpoint.parse(endpoint.strip()))
                .toList(),
            config.uri("blobs"),
            config.address("payout"),
            config.text("attestation.url", ""),
            new Execution(
                config.integer("slots", 4, 1, 1_024),
                engine(config),
                !config.flag("no-os-sandbox", false),
                Path.of(config.text("node", "node")),
                Path.of(config.text("bubblewrap", "bwrap")),
                config.duration("task.wall-time-max", Duration.ofMinutes(2)),
                config.duration("slots.wait", Duration.ofSeconds(5)),
                config.number("cache.bytes-max", 256L << 20, 0, 1L << 40)));
    if (settings.payout().isZero()) {
      throw config.failure("payout", "is zero, so earnings would be lost");
    }
    return settings;
  }

  private static EngineKind engine(NodeConfig config) {
    String name = config.text("engine", "v8");
    return switch (name) {
      case "v8" -> EngineKind.V8;
      case "endive" -> EngineKind.ENDIVE;
      default -> throw config.failure("engine", "is %s, expected v8 or endive".formatted(name));
    };
  }
}
