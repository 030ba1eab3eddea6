package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.Seeds;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static final Address PAYER = TestMarket.account("payer");
  private static final int RUNS = 200;
  private static final int STEPS = 200;

  private static Allowance allowance(long remaining, long settled) {
    return new Allowance(Amount.of(remaining), settled, 1_000);
  }

  @Test
  void goesOnWhereTheChainIs() {
    Lane lane = Lane.idle(PAYER, 0, 41);

    assertThat(lane.next()).isEqualTo(42);
    assertThat(lane.accept(42, Amount.of(3), allowance(3, 41)).held()).isEqualTo(Amount.of(3));
  }

  @Test
  void countsABatchUnderWayOnceWhetherOrNotItsAllowanceWasReadBefore() {
    Allowance before = allowance(100, 0);
    Allowance after = allowance(93, 1);
    Lane lane =
        Lane.idle(PAYER, 0, 0)
            .accept(1, Amount.of(10), before)
            .accept(2, Amount.of(20), before)
            .lighten(Amount.of(10), Amount.of(7))
            .launch(1, Amount.of(7));

    assertThat(lane.free(before)).isEqualTo(Amount.of(73));
    assertThat(lane.free(after)).isEqualTo(Amount.of(73));
    assertThat(lane.land().free(after)).isEqualTo(Amount.of(73));
    assertThat(lane.ground().free(before)).isEqualTo(Amount.of(73));
  }

  @Test
  void refusesAViewOfAnotherTime() {
    Lane lane = Lane.idle(PAYER, 0, 5);

    refused(ErrorCode.UNAVAILABLE, () -> lane.free(allowance(100, 4)));
    refused(ErrorCode.UNAVAILABLE, () -> lane.free(allowance(100, 6)));
  }

  /** Whatever happens in whatever order, no unit is free twice and none is lost. */
  @Test
  void conservesEveryUnit() {
    RandomGenerator random = Seeds.random();
    for (int run = 0; run < RUNS; run++) {
      new Walk(random).go();
    }
  }

  /** A random history of one lane beside a plain model of it. */
  private static final class Walk {
    private final RandomGenerator random;
    private final TreeMap<Long, Long> holds = new TreeMap<>();
    private long deposited;
    private long paid;
    private long settledOnChain;
    private Lane lane = Lane.idle(PAYER, 0, 0);

    Walk(RandomGenerator random) {
      this.random = random;
    }

    void go() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(6)) {
          case 0 -> deposited += random.nextLong(1_000);
          case 1, 2 -> accept(random.nextLong(1, 300));
          case 3 -> lighten();
          case 4 -> launch();
          default -> settle();
        }
        check();
      }
    }

    private Allowance chain() {
      return allowance(deposited - paid, settledOnChain);
    }

    private void accept(long amount) {
      if (lane.free(chain()).compareTo(Amount.of(amount)) < 0) {
        refused(
            ErrorCode.ALLOWANCE_TOO_SMALL,
            () -> lane.accept(lane.next(), Amount.of(amount), chain()));
      } else {
        holds.put(lane.next(), amount);
        lane = lane.accept(lane.next(), Amount.of(amount), chain());
      }
    }

    private void lighten() {
      if (lane.launched() + 1 < lane.next()) {
        long sequence = random.nextLong(lane.launched() + 1, lane.next());
        long before = holds.getOrDefault(sequence, 0L);
        long after = random.nextLong(before + 1);
        holds.put(sequence, after);
        lane = lane.lighten(Amount.of(before), Amount.of(after));
      }
    }

    private void launch() {
      if (lane.launched() == lane.settled() && lane.settled() + 1 < lane.next()) {
        long to = random.nextLong(lane.settled() + 1, lane.next());
        lane = lane.launch(to, Amount.of(sum(lane.settled() + 1, to)));
      }
    }

    /** The chain settles; the ledger hears of it at once, later, or that it never will be. */
    private void settle() {
      if (lane.launched() == lane.settled()) {
        return;
      }
      if (settledOnChain < lane.launched()) {
        if (random.nextInt(4) == 0) {
          lane = lane.ground();
          return;
        }
        paid += sum(settledOnChain + 1, lane.launched());
        settledOnChain = lane.launched();
      }
      if (random.nextBoolean()) {
        lane = lane.land();
      }
    }

    private long sum(long from, long to) {
      return holds.subMap(from, true, to, true).values().stream().mapToLong(Long::longValue).sum();
    }

    private void check() {
      long locked = sum(settledOnChain + 1, Long.MAX_VALUE);
      assertThat(lane.locked(chain())).isEqualTo(Amount.of(locked));
      assertThat(lane.free(chain())).isEqualTo(Amount.of(deposited - paid - locked));
    }
  }
}
