package io.teex.teeds;

import io.teex.chain.Addresses;
import io.teex.chain.ChainEndpoints;
import io.teex.protocol.Address;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.node.NodeSettings;
import java.time.Duration;

/**
 * What a TEE-DS process is told besides {@link NodeSettings}.
 *
 * @param manager {@code manager}: the Service Manager that enrols it and gives it its keys
 * @param managerAddress {@code manager.address}: the account whose certificates count, its own
 *     included
 * @param managerWait {@code manager.wait}: how long to wait for one at the start; 30 s
 * @param chainRpc {@code chain.rpc}: JSON-RPC of an Ethereum node, which is asked who may act
 * @param addresses in the file {@code chain.addresses}: where the contracts are, and what node
 *     certificates are signed for
 * @param shard {@code shard}: which one it keeps; {@code main}
 * @param namespaceBytesMax {@code namespace.bytes-max}: how many bytes of keys and values one
 *     caller may keep. They lie in memory, so that the default follows from the heap
 */
public record StoreSettings(
    NodeSettings node,
    Endpoint manager,
    Address managerAddress,
    Duration managerWait,
    ChainEndpoints chainRpc,
    Addresses addresses,
    String shard,
    long namespaceBytesMax) {
  private static final int HEAP_PER_NAMESPACE_BYTE = 3;

  public static StoreSettings from(NodeConfig config) {
    return new StoreSettings(
        NodeSettings.from(config),
        config.endpoint("manager"),
        config.address("manager.address"),
        config.duration("manager.wait", Duration.ofSeconds(30)),
        config.confidential("chain.rpc", ChainEndpoints::parse),
        Addresses.read(config.path("chain.addresses")),
        shard(config),
        config.number(
            "namespace.bytes-max",
            Runtime.getRuntime().maxMemory() / HEAP_PER_NAMESPACE_BYTE,
            1,
            1L << 40));
  }

  private static String shard(NodeConfig config) {
    String shard = config.text("shard", "main");
    if (!ShardKey.isName(shard)) {
      throw config.failure("shard", "is %s, expected %s".formatted(shard, ShardKey.NAME_RULE));
    }
    return shard;
  }
}
