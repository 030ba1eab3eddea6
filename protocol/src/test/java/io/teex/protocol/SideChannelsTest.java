package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SideChannelsTest {
  /** What could be told if nothing were rounded. */
  @Test
  void aBudgetCoversTheWorstOrderThatCanBeSigned() {
    Order worst = order(new Limits(Long.MAX_VALUE, 1, Long.MAX_VALUE), Profile.of(Tier.WASM_1));

    assertThat(SideChannels.bits(worst)).isEqualTo(63 + 4 + 9 + 47);
    assertThat(SideChannels.bits(worst)).isLessThanOrEqualTo(8 * SideChannels.TASK_BYTES);
  }

  @Test
  void roundingLeavesFewBits() {
    Profile seconds = Profile.of(Tier.WASM_1).withResponseStep(60_000);

    int bits = SideChannels.bits(order(new Limits(10_000_000, 1_000_000, 64 << 20), seconds));

    // Ten steps of fuel or none, a power of two, an outcome, a minute of the day.
    assertThat(bits).isEqualTo(4 + 4 + 9 + 11);
  }

  private static Order order(Limits limits, Profile profile) {
    Order order = Examples.order();
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        order.datasets(),
        order.purpose(),
        order.inputCommitment(),
        order.output(),
        order.fee(),
        limits,
        Tier.single(Isolation.PROCESS, profile, TeeKind.SIMULATED.bit()),
        order.recentBlock(),
        order.deadline(),
        order.salt());
  }
}
