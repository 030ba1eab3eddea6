package io.teex.rpc.node;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.IntervalClock;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.rpc.Grounds;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What a node or a user judges her peers by; one for the whole process, as it keeps the time. */
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

  /** Begins to keep the time, and collateral as configured. */
  public static NodeGrounds open(
      Supplier<Policy> policy,
      CollateralConfig collateral,
      InstantSource clock,
      RandomGenerator random) {
    return new NodeGrounds(
        policy,
        CollateralCache.open(collateral, clock, random),
        new IntervalClock(clock, System::nanoTime, IntervalClock.WIDTH_MAX));
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
