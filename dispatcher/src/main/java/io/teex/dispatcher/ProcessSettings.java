package io.teex.dispatcher;

import io.teex.chain.ChainEndpoints;
import io.teex.chain.Finality;
import io.teex.protocol.Address;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.node.NodeSettings;
import java.nio.file.Path;

/**
 * The configuration of a dispatcher's process.
 *
 * @param manager {@code manager}: where the Service Manager serves
 * @param managerAddress {@code manager.address}: the account whose certificates count
 * @param store {@code store}: where TEE-DS serves
 * @param chain where the chain is and how much of it counts
 */
record ProcessSettings(
    NodeSettings node,
    Endpoint manager,
    Address managerAddress,
    Endpoint store,
    ChainSettings chain,
    DispatcherSettings dispatcher) {

  /**
   * @param rpc {@code chain.rpc}: JSON-RPC of Ethereum nodes, separated by commas
   * @param addresses {@code chain.addresses}: file that says where the contracts are
   * @param counts {@code chain.confirmations}: blocks on top of one before it counts, or {@code
   *     safe} or {@code finalized}
   * @param feeMaxGwei {@code chain.fee-max}: the most that is paid per gas, in gwei
   * @param blobFeeMaxGwei {@code chain.blob-fee-max}: the most that is paid per blob gas, in gwei
   * @param firstBlock {@code requests.first-block}: where to begin to look for on-chain requests;
   *     the block of the deployment at the latest
   */
  record ChainSettings(
      ChainEndpoints rpc,
      Path addresses,
      Finality counts,
      long feeMaxGwei,
      long blobFeeMaxGwei,
      long firstBlock) {}

  static ProcessSettings from(NodeConfig config) {
    return new ProcessSettings(
        NodeSettings.from(config),
        config.endpoint("manager"),
        config.address("manager.address"),
        config.endpoint("store"),
        new ChainSettings(
            config.confidential("chain.rpc", ChainEndpoints::parse),
            config.path("chain.addresses"),
            config.parsed("chain.confirmations", Finality.NONE, Finality::parse),
            config.number("chain.fee-max", 500, 1, 1_000_000),
            config.number("chain.blob-fee-max", 100, 1, 1_000_000),
            config.number("requests.first-block", 0, 0, Long.MAX_VALUE)),
        DispatcherSettings.from(config));
  }
}
