package io.teex.rpc.node;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.IntervalClock;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.rpc.Grounds;
import java.util.function.Supplier;

/** What a node judges its peers by; one for the whole process. */
public final class NodeGrounds implements Grounds, AutoCloseable {
  private final Supplier<Policy> policy;
  private final CollateralCache collateral;
  private final IntervalClock clock;

  /**
   * @param collateral closes with this
   */
  NodeGrounds(Supplier<Policy> policy, CollateralCache collateral, IntervalClock clock) {
    this.policy = policy;
    this.collateral = collateral;
    this.clock = clock;
  }

  @Override
  public Policy policy() {
    return policy.get();
  }

  @Override
  public Collateral collateral(Evidence evidence, Collateral alongside) {
    return collateral.supply(evidence, alongside).collateral();
  }

  @Override
  public TimeInterval time() {
    return clock.now();
  }

  @Override
  public void close() {
    collateral.close();
  }
}
