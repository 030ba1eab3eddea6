package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How far a deployment got. */
interface DeploymentProgress {
  /**
   * What a deployment was begun as; it can be gone on with as nothing else.
   *
   * @param genesis hash of the chain's first block: development chains share their ids
   * @param arguments digest of all constructor arguments, so of terms and parties
   * @param code digest of all compiled contracts
   */
  record Begun(
      long chainId,
      Bytes32 genesis,
      Address deployer,
      long firstNonce,
      Bytes32 arguments,
      Bytes32 code) {
    static Begun of(ChainClient chain, DeploymentPlan plan) {
      return new Begun(
          chain.chainId(),
          chain.block(0).map(ChainClient.Block::hash).orElse(Bytes32.ZERO),
          plan.deployer(),
          plan.firstNonce(),
          plan.argumentsDigest(),
          plan.codeDigest());
    }
  }

  Optional<Begun> begun();

  /** Keeps it, durably, before anything is sent. */
  void begin(Begun begun);

  Optional<Created> find(Address contract);

  /** Keeps it durably. */
  void keep(Created created);

  /** For a deployment that nobody goes on with. */
  static DeploymentProgress inMemory() {
    Map<Address, Created> kept = new HashMap<>();
    return new DeploymentProgress() {
      @Override
      public Optional<Begun> begun() {
        return Optional.empty();
      }

      @Override
      public void begin(Begun begun) {}

      @Override
      public Optional<Created> find(Address contract) {
        return Optional.ofNullable(kept.get(contract));
      }

      @Override
      public void keep(Created created) {
        kept.put(created.address(), created);
      }
    };
  }
}
