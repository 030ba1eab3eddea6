package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.Result;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Profile;
import io.teex.protocol.Receipt;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A service that tries to say something to whoever watches, by how long it takes, how much memory
 * and fuel it uses, how long its output is, and how it ends.
 */
class ResponseStepTest {
  private static final Duration STEP = Duration.ofMillis(500);
  private static final byte[] DATA = {1};

  private final Scene scene = new Scene();
  private final ManualTime time = new ManualTime();
  private final FakeMarket market = new FakeMarket(scene, Modules.wasm("noop/noop"), DATA);
  private final Rig rig = new Rig(scene, market, time);

  /** When something left the worker, in nanoseconds since its guest was started. */
  private final List<Long> left = new ArrayList<>();

  @Test
  void nothingLeavesBeforeTheEndOfAStep() throws Exception {
    for (long took : new long[] {0, 1, 499_999_999, 500_000_000, 500_000_001, 1_700_000_000}) {
      left.clear();
      guestTakes(took, Outcome.COMPLETED);

      rig.execute(stepped(STEP));

      long step = STEP.toNanos();
      long expected = Math.max(1, Math.ceilDiv(took, step)) * step;
      // The output is stored and the receipt handed in at the end of the step, and not before.
      assertThat(left).as("took %d ns", took).containsOnly(expected).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VOID", "COMPLETED"})
  void howeverTheGuestEnds(Outcome outcome) throws Exception {
    guestTakes(1_300_000_000, outcome);

    if (outcome.isCharged()) {
      rig.execute(stepped(STEP));
    } else {
      rig.refuses(ErrorCode.ENGINE_FAILURE, stepped(STEP));
    }

    assertThat(left).containsExactly(1_500_000_000L);
  }

  @Test
  void anExecutorThatFailsTellsNoMore() {
    market.guest =
        task -> {
          beginWatching();
          time.pass(1_300_000_000);
          throw new IllegalStateException("the executor broke");
        };

    rig.refuses(ErrorCode.INTERNAL, stepped(STEP));

    assertThat(left).containsExactly(1_500_000_000L);
  }

  @Test
  void answersAtOnceWithoutSteps() throws Exception {
    guestTakes(1_300_000_007, Outcome.COMPLETED);

    rig.execute(scene.order(market.imageDigest(), List.of()));

    assertThat(left).containsOnly(1_300_000_007L);
  }

  @Test
  void stopsAGuestSoThatItsStepEndsInTime() throws Exception {
    Order order = until(stepped(Duration.ofSeconds(7)), Scene.START.plusSeconds(20));

    rig.execute(order);

    // Two seconds are for delivery; two steps of seven fit into the eighteen before.
    assertThat(market.tasks.getFirst().wallTime()).isEqualTo(Duration.ofMillis(13_750));
  }

  @Test
  void beginsNothingThatCannotBeAnsweredInTime() {
    Order order = until(stepped(Duration.ofSeconds(30)), Scene.START.plusSeconds(31));

    rig.refuses(ErrorCode.ORDER_EXPIRED, order);

    assertThat(market.released).isEmpty();
  }

  @Test
  void refusesStepsThatAreLongerThanItRunsAnything() {
    Rig hasty = new Rig(scene, market, market, time, Duration.ofSeconds(1));

    hasty.refuses(ErrorCode.ORDER_MISMATCH, stepped(Duration.ofSeconds(2)));

    assertThat(market.released).isEmpty();
  }

  @Test
  void theReceiptSaysThatItWasSteppedAndNothingFiner() throws Exception {
    Order order = stepped(STEP);

    Receipt receipt = rig.execute(order).receipt().value();

    assertThat(receipt.execution().tierReached().profile()).isEqualTo("wasm-1+step=500");
    assertThat(receipt.finishedAt() % 60).isZero();
  }

  /** Everything that is public of a task, for two hundred secrets that a service tries to tell. */
  @Test
  void twoHundredSecretsLookAlmostAlike() throws Exception {
    Set<String> seen = new TreeSet<>();
    for (int secret = 0; secret < 200; secret++) {
      int told = secret;
      left.clear();
      market.guest =
          task -> {
            beginWatching();
            time.pass(2_000_000L * told);
            byte[] output = new byte[told + 1];
            return new Result(
                Outcome.COMPLETED,
                SecretBytes.owned(output),
                1_000_000 + 4_000L * told,
                (1 << 20) + 4_096L * told,
                "");
          };

      Answer answer = rig.execute(stepped(STEP));

      Receipt receipt = answer.receipt().value();
      seen.add(
          "%d fuel, %d bytes of memory, %s, at %d, fee %s, %s, blob of %d at %d, key of %d, receipt of %d, '%s'"
              .formatted(
                  receipt.fuel(),
                  receipt.memoryBytes(),
                  receipt.outcome(),
                  receipt.finishedAt(),
                  receipt.fee().total(),
                  Set.copyOf(left),
                  answer.sealedOutput().size(),
                  answer.outputCid().length(),
                  answer.sealedOutputKey().size(),
                  answer.receipt().encode().length,
                  answer.detail()));
    }

    // Secret 0 uses no more than one step of fuel and one MiB; the others are all the same.
    assertThat(seen).hasSize(2);
  }

  private void guestTakes(long nanos, Outcome outcome) {
    market.guest =
        task -> {
          beginWatching();
          time.pass(nanos);
          return outcome == Outcome.COMPLETED
              ? FakeMarket.echo(task)
              : FakeMarket.ended(outcome, "");
        };
  }

  private void beginWatching() {
    long begun = time.getAsLong();
    market.leaving = () -> left.add(time.getAsLong() - begun);
  }

  private Order stepped(Duration step) {
    Order order = scene.order(market.imageDigest(), List.of());
    return Orders.withTier(
        order,
        Tier.single(
            Isolation.PROCESS,
            Profile.of(Tier.WASM_1).withResponseStep((int) step.toMillis()),
            TeeKind.SIMULATED.bit()));
  }

  private static Order until(Order order, Instant deadline) {
    return Orders.withDeadline(order, deadline);
  }
}
