package io.teex.cli;

import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.cli.attest.CollateralOptions;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.NodeFile;
import io.teex.sdk.MarketFile;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * By what a command judges the evidence in which a node says what it is. Documents that the node
 * brings itself are used where none is named.
 */
final class NodeProof {
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "What is accepted in the node's role (default: the market's policy).")
  private @Nullable Path policy;

  @Mixin private CollateralOptions collateral;

  /**
   * @throws TeexException why the node is not what it says
   */
  void require(NodeFile node, MarketFile market) {
    node.require(
        Policy.read(policy == null ? market.policy() : policy),
        collateral.read(),
        TimeInterval.at(Instant.now()));
  }
}
