package io.teex.manager.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainClient;
import io.teex.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MarketClockTest {
  private Instant host = Instant.ofEpochSecond(1_000);
  private Duration passed = Duration.ZERO;
  private final MarketClock clock = new MarketClock(() -> host, () -> passed.toNanos());

  @Test
  void liesBetweenTheChainAndTheHost() {
    clock.observe(block(990));

    assertThat(clock.now()).isEqualTo(interval(990, 1_000));
  }

  @Test
  void laterEndGrowsWhenTheHostStopsItsClock() {
    clock.now();
    passed = Duration.ofSeconds(30);

    assertThat(clock.now().latest()).isEqualTo(Instant.ofEpochSecond(1_030));
  }

  @Test
  void laterEndDoesNotGoBackWithTheHost() {
    clock.now();
    host = Instant.ofEpochSecond(10);

    assertThat(clock.now().latest()).isEqualTo(Instant.ofEpochSecond(1_000));
  }

  @Test
  void earlierEndDoesNotGoBackWithTheChain() {
    clock.observe(block(995));
    clock.observe(block(900));

    assertThat(clock.now()).isEqualTo(interval(995, 1_000));
  }

  @Test
  void chainAheadOfTheHostMovesBothEnds() {
    clock.observe(block(2_000));

    assertThat(clock.now()).isEqualTo(interval(2_000, 2_000));
  }

  @Test
  void datesAreJudgedBySeconds() {
    TimeInterval now =
        new TimeInterval(Instant.ofEpochSecond(10, 999), Instant.ofEpochSecond(20, 1));

    assertThat(Dates.mayBeOver(now, 20)).isTrue();
    assertThat(Dates.mayBeOver(now, 21)).isFalse();
    assertThat(Dates.mayBeOver(now, Long.MAX_VALUE)).isFalse();
    assertThat(Dates.hasBegun(now, 10)).isTrue();
    assertThat(Dates.hasBegun(now, 11)).isFalse();
    assertThat(Dates.hasBegun(now, Long.MAX_VALUE)).isFalse();
  }

  private static TimeInterval interval(long from, long to) {
    return new TimeInterval(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
  }

  private static ChainClient.Block block(long time) {
    return new ChainClient.Block(1, Bytes32.ZERO, time, BigInteger.ONE);
  }
}
