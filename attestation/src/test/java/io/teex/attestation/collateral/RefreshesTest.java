package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

final class RefreshesTest {
  private static final Instant NOW = Instant.parse("2026-07-15T08:00:00Z");
  private static final CollateralConfig CONFIG =
      CollateralConfig.from(Map.of("timeout", "PT0.02S"));

  private static Platform madeUp(int number) {
    byte[] chip = new byte[64];
    chip[0] = (byte) number;
    return new Platform.Amd(Product.MILAN, Bytes.of(chip), Bytes.of(new byte[8]));
  }

  /** One that answers when the test says so, and has nothing then. */
  private record SlowSource(CountDownLatch asked, CountDownLatch goOn) implements PartSource {
    @Override
    public Map<String, Bytes> fetch(Part part) throws PartFailure {
      asked.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw PartFailure.serviceDown(part, "too late");
    }

    @Override
    public void close() {}
  }

  @Test
  void nobodyWaitsForAllThatOthersMadeUp() throws Exception {
    SlowSource source = new SlowSource(new CountDownLatch(8), new CountDownLatch(1));
    ManualClock clock = new ManualClock(NOW);
    Refresh refresh =
        new Refresh(
            source,
            PartArchive.NONE,
            (part, documents, time, checks) -> {},
            CONFIG,
            new Random(),
            new Recent<>(8));
    try (Refreshes refreshes = new Refreshes(refresh, CONFIG, clock, new Random())) {
      for (int i = 0; i < 8; i++) {
        assertThat(refreshes.startIfDue(madeUp(i), NOW)).isPresent();
      }
      source.asked().await();

      FutureTask<List<Check.Failed>> late = refreshes.startIfDue(madeUp(8), NOW).orElseThrow();

      assertThat(Refreshes.await(late))
          .containsExactly(
              new Check.Failed(
                  "collateral",
                  Reason.COLLATERAL_MISSING,
                  "8 other platforms are being asked about"));
      assertThat(refreshes.pausedBy(madeUp(8), NOW)).as("may be asked about at once").isEmpty();
      source.goOn().countDown();
      refreshes.awaitQuiet();
      assertThat(refreshes.pausedBy(madeUp(0), NOW)).isPresent();
      assertThat(Refreshes.await(refreshes.startIfDue(madeUp(8), NOW).orElseThrow()))
          .extracting(Check.Failed::detail)
          .containsExactly("too late");
    }
  }
}
