package io.teex.attestation.collateral;

import static io.teex.attestation.collateral.CollateralServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.Reason;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class RenewalTest {
  /** Within the life of the first collateral, which ends on 2025-07-19 at 10:00:35. */
  private static final Instant JULY_4 = Instant.parse("2025-07-04T10:00:00Z");

  /** Within the life of the collateral of the next year. */
  private static final Instant NEXT_YEAR = Instant.parse("2026-08-28T05:00:00Z");

  private static final Platform.Intel TDX =
      new Platform.Intel(TeeKind.TDX, Bytes.fromHex("b0c06f000000"), PckCa.PLATFORM);

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(JULY_4);
  private final ManualTimer timer = new ManualTimer();
  private final List<CollateralCache> opened = new ArrayList<>();
  private CollateralServer server;

  @BeforeEach
  void start() throws IOException {
    server = new CollateralServer();
    server.serve(TDX, thisYears());
  }

  @AfterEach
  void stop() {
    opened.forEach(CollateralCache::close);
    server.close();
  }

  private CollateralCache cache(RandomGenerator random, Map<String, String> more) {
    Map<String, String> config = new HashMap<>(more);
    config.putIfAbsent("intel", server.base().toString());
    CollateralCache cache =
        CollateralCache.open(
            CollateralConfig.from(config), new GenuineCheck(), clock, random, timer);
    opened.add(cache);
    return cache;
  }

  private CollateralCache cache(String... more) {
    Map<String, String> config = new HashMap<>();
    for (int i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    return cache(new Random(), config);
  }

  private static Collateral thisYears() {
    return CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral.json"));
  }

  private static Collateral nextYears() {
    return CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral-2.json"));
  }

  private void tickAt(CollateralCache cache, Instant time) {
    clock.set(time);
    timer.tick();
    cache.awaitQuiet();
  }

  @Test
  void renewsThoughNobodyAsks() {
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.forget();

    tickAt(cache, JULY_4.plus(Duration.ofHours(19)));
    assertThat(server.requests()).as("younger than four fifths of a day").isEmpty();
    tickAt(cache, JULY_4.plus(Duration.ofHours(24)));
    assertThat(server.requests()).hasSize(4);
    tickAt(cache, JULY_4.plus(Duration.ofHours(25)));

    assertThat(server.requests()).as("new again").hasSize(4);
  }

  @Test
  void whoAsksAfterARenewalDependsOnNoService() {
    CollateralCache cache = cache("idle-max", "P1000D");
    cache.supply(TDX);
    server.serve(TDX, nextYears());
    tickAt(cache, NEXT_YEAR);
    server.close();

    assertThat(cache.supply(TDX)).isEqualTo(new Supply(nextYears(), true, List.of()));
  }

  @Test
  void nodesDoNotComeAllAtOnce() {
    long seed = new Random().nextLong();
    Random seeds = new Random(seed);
    TreeSet<Duration> ages = new TreeSet<>();
    for (int node = 0; node < 12; node++) {
      clock.set(JULY_4);
      CollateralCache cache = cache(new Random(seeds.nextLong()), Map.of());
      cache.supply(TDX);
      server.forget();
      Duration age = Duration.ZERO;
      while (server.requests().isEmpty() && age.toHours() < 25) {
        age = age.plusMinutes(15);
        tickAt(cache, JULY_4.plus(age));
      }
      ages.add(age);
    }

    assertThat(ages.first()).as("seed %d", seed).isGreaterThan(Duration.ofHours(19));
    assertThat(ages.last()).as("seed %d", seed).isLessThanOrEqualTo(Duration.ofHours(24));
    assertThat(ages).as("seed %d", seed).hasSizeGreaterThan(2);
  }

  @Test
  void forgetsPlatformsThatAreOfNoUseAnyMore() {
    CollateralCache cache = cache("idle-max", "P2D");
    cache.supply(TDX);
    clock.set(JULY_4.plus(Duration.ofHours(12)));
    cache.supply(TDX);
    server.forget();

    tickAt(cache, JULY_4.plus(Duration.ofHours(12 + 48)));
    assertThat(server.requests()).as("two days after the last use").hasSize(4);
    tickAt(cache, JULY_4.plus(Duration.ofHours(12 + 49)));
    tickAt(cache, JULY_4.plus(Duration.ofDays(4)));

    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void asksOnceOnlyAboutAPlatformThatSomebodyMadeUp() {
    CollateralCache cache = cache();
    Platform madeUp =
        new Platform.Intel(TeeKind.TDX, Bytes.fromHex("ffffffffffff"), PckCa.PLATFORM);
    assertThat(cache.supply(madeUp).complete()).isFalse();
    server.forget();

    tickAt(cache, JULY_4.plus(Duration.ofDays(1)));

    assertThat(server.requests()).isEmpty();
  }

  @Test
  void asksLessAndLessWhileTheServiceIsDownAndComesBack() {
    CollateralCache cache = cache("retry-min", "PT1M", "retry-max", "PT4M");
    cache.supply(TDX);
    server.on(TDX.parts().getFirst(), status(503));
    server.forget();
    Instant day = JULY_4.plus(Duration.ofDays(1));
    for (int seconds = 0; seconds < 1_800; seconds += 30) {
      tickAt(cache, day.plusSeconds(seconds));
    }
    // Pauses of a half to one minute, one to two, and then two to four.
    assertThat(server.requests()).hasSizeBetween(8, 17);
    server.serve(TDX, thisYears());
    server.forget();

    tickAt(cache, day.plus(Duration.ofHours(1)));

    assertThat(server.requests()).hasSize(4);
    assertThat(cache.supply(TDX)).isEqualTo(new Supply(thisYears(), true, List.of()));
  }

  @Test
  void aRestartNeedsNoServiceWhileTheKeptDocumentsHold() {
    String kept = directory.toString();
    cache("directory", kept).supply(TDX);
    Map<String, String> dead = Map.of("directory", kept, "intel", "http://127.0.0.1:1");

    CollateralCache restarted = cache(new Random(), dead);
    assertThat(restarted.supply(TDX)).isEqualTo(new Supply(thisYears(), true, List.of()));
    tickAt(restarted, JULY_4.plus(Duration.ofDays(5)));

    assertThat(restarted.supply(TDX).collateral()).isEqualTo(thisYears());
    assertThat(restarted.supply(TDX).failures())
        .extracting(Check.Failed::reason)
        .containsExactly(Reason.CRL_MISSING);
  }

  @Test
  void aRestartFailsClosedWhenTheKeptDocumentsHaveExpired() {
    String kept = directory.toString();
    cache("directory", kept).supply(TDX);
    clock.set(Instant.parse("2025-07-19T10:00:36Z"));

    Supply supply =
        cache(new Random(), Map.of("directory", kept, "intel", "http://127.0.0.1:1")).supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(supply.failures())
        .extracting(Check.Failed::name, Check.Failed::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("pck-crl-platform", Reason.CRL_MISSING));
  }

  @Test
  @Timeout(30) // Half of what the slow service is given.
  void aSlowServiceOfOneVendorHoldsUpNobodyElses() throws Exception {
    CountDownLatch started = new CountDownLatch(8);
    CountDownLatch goOn = new CountDownLatch(1);
    try (CollateralServer slow = new CollateralServer();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CollateralCache cache = cache("amd", slow.base().toString(), "timeout", "PT1M");
      slow.on(
          new Part.VekCrl(Product.MILAN, EndorsementKey.VCEK),
          exchange -> {
            started.countDown();
            goOn.await();
          });
      for (int i = 0; i < 8; i++) {
        byte[] chip = new byte[64];
        chip[0] = (byte) i;
        Platform platform = new Platform.Amd(Product.MILAN, Bytes.of(chip), Bytes.of(new byte[8]));
        threads.execute(() -> cache.supply(platform));
      }
      started.await();

      assertThat(cache.supply(TDX).complete()).isTrue();

      goOn.countDown();
    }
  }

  @Test
  void closesItsTimer() {
    CollateralCache cache = cache();
    cache.supply(TDX);
    assertThat(timer.isRunning()).isTrue();

    cache.close();

    assertThat(timer.isRunning()).isFalse();
    clock.set(JULY_4.plus(Duration.ofDays(1)));
    timer.tick();
  }
}
