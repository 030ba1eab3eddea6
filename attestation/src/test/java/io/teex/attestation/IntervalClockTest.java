package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class IntervalClockTest {
  private Instant host = Instant.ofEpochSecond(1_000);
  private Duration passed = Duration.ZERO;
  private final IntervalClock clock =
      new IntervalClock(() -> host, () -> passed.toNanos(), Duration.ofSeconds(100));

  @Test
  void isAPointWhileBothClocksAgree() {
    assertThat(clock.now()).isEqualTo(interval(1_000, 1_000));

    pass(50);
    host = host.plusSeconds(50);

    assertThat(clock.now()).isEqualTo(interval(1_050, 1_050));
  }

  @Test
  void aClockSetForwardMovesTheLaterEndAlone() {
    host = host.plusSeconds(60);
    pass(10);

    assertThat(clock.now()).isEqualTo(interval(1_010, 1_060));
  }

  @Test
  void aClockThatWentForwardAndBackStaysInDoubt() {
    host = host.plusSeconds(60);
    clock.now();
    host = host.minusSeconds(60);
    pass(10);

    assertThat(clock.now()).isEqualTo(interval(1_000, 1_070));
  }

  @Test
  void aClockSetBackMovesNeitherEndBack() {
    pass(50);
    host = host.plusSeconds(50);
    clock.now();
    host = Instant.EPOCH;
    pass(10);

    assertThat(clock.now()).isEqualTo(interval(1_050, 1_060));
  }

  @Test
  void aStoppedClockHoldsTheEarlierEndUntilItRunsAgain() {
    pass(30);

    assertThat(clock.now()).isEqualTo(interval(1_000, 1_030));

    host = host.plusSeconds(30);

    assertThat(clock.now()).isEqualTo(interval(1_030, 1_030));
  }

  @Test
  void aMonotonicClockThatGoesBackIsTakenToStand() {
    pass(-500);

    assertThat(clock.now()).isEqualTo(interval(1_000, 1_000));
  }

  @Test
  void anIntervalThatIsTooWideIsNoTime() {
    host = host.plusSeconds(100);
    assertThat(clock.now()).isEqualTo(interval(1_000, 1_100));

    host = host.plusSeconds(1);

    assertThatThrownBy(clock::now)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED))
        .hasMessageContaining("1970-01-01T00:18:21Z");
  }

  private void pass(long seconds) {
    passed = passed.plusSeconds(seconds);
  }

  private static TimeInterval interval(long from, long to) {
    return new TimeInterval(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
  }
}
