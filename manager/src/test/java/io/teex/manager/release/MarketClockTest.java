package io.teex.manager.release;

import static io.teex.manager.testing.Codes.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.TimeInterval;
import io.teex.chain.ChainClient;
import io.teex.manager.testing.KeptTime;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MarketClockTest {
  private Instant host = Instant.ofEpochSecond(1_000);
  private Duration passed = Duration.ZERO;
  private final KeptTime kept = new KeptTime();
  private final MarketClock clock = started();

  private MarketClock started() {
    return new MarketClock(() -> host, () -> passed.toNanos(), kept, Duration.ofHours(1));
  }

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
  void neitherEndGoesBackOverARestart() {
    clock.observe(block(995));
    host = Instant.EPOCH;

    MarketClock restarted = started();

    assertThat(restarted.now()).isEqualTo(interval(995, 995));
  }

  @Test
  void aChainThatStandsStillIsNoChainAfterAWhile() {
    clock.observe(block(995));
    passed = Duration.ofHours(2);

    refuses(ErrorCode.CHAIN_UNAVAILABLE, "chain.age-max", () -> clock.observe(block(995)));
    assertThat(clock.now().earliest()).isEqualTo(Instant.ofEpochSecond(995));
  }

  @Test
  void aChainThatWentBackIsNoChainEvenIfTheHostWentBackToo() {
    host = Instant.ofEpochSecond(100_000);
    clock.observe(block(99_990));
    host = Instant.ofEpochSecond(1_000);

    refuses(ErrorCode.CHAIN_UNAVAILABLE, () -> started().observe(block(1_000)));
  }

  @Test
  void aBlockOfTheFarFutureMovesNothing() {
    refuses(ErrorCode.CHAIN_UNAVAILABLE, () -> clock.observe(block(1_000_000)));

    assertThat(clock.now()).isEqualTo(new TimeInterval(Instant.EPOCH, host));
    assertThat(started().now().earliest()).isEqualTo(Instant.EPOCH);
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
