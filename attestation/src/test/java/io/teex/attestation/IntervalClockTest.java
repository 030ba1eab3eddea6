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

  @Test
  void aClockThatWasSetForwardIsBelievedOnceItWentRightForAWhile() {
    host = host.plusSeconds(1_000);
    assertNoTime();
    goRight(119);
    assertNoTime();

    goRight(1);

    assertThat(clock.now()).isEqualTo(interval(2_120, 2_120));
  }

  @Test
  void afterAClockWasSetBackTheLaterEndStays() {
    host = host.minusSeconds(1_000);
    pass(101);
    assertNoTime();

    goRight(120);

    assertThat(clock.now()).isEqualTo(interval(1_221, 1_221));
  }

  @Test
  void afterASleepThatTheMonotonicClockMissedTheHostIsBelieved() {
    goRight(500);
    assertThat(clock.now()).isEqualTo(interval(1_500, 1_500));
    host = host.plusSeconds(36_000);
    assertNoTime();

    goRight(120);

    assertThat(clock.now()).isEqualTo(interval(37_620, 37_620));
  }

  @Test
  void aClockThatStandsIsNeverBelieved() {
    for (int i = 0; i < 10; i++) {
      pass(120);
      assertNoTime();
    }
  }

  @Test
  void aClockThatIsSetAgainAndAgainIsNeverBelieved() {
    for (int i = 0; i < 10; i++) {
      host = host.plusSeconds(i % 2 == 0 ? 1_000 : -1_000);
      goRight(i == 0 ? 0 : 119);
      assertNoTime();
    }
  }

  @Test
  void aClockThatGoesTooSlowIsNotBelieved() {
    for (int i = 0; i < 10; i++) {
      pass(120);
      host = host.plusSeconds(60);
      if (i > 0) {
        assertNoTime();
      }
    }
  }

  @Test
  void whatWasOverStaysOver() {
    Instant end = Instant.ofEpochSecond(1_900);
    host = host.plusSeconds(1_000);
    assertNoTime();
    host = host.minusSeconds(1_000);
    assertNoTime();

    goRight(120);

    assertThat(clock.now().isSurelyNotAfter(end)).isFalse();
  }

  @Test
  void smallStepsOfALongLifeDoNotAddUp() {
    for (int i = 0; i < 1_000; i++) {
      host = host.plusSeconds(i % 2 == 0 ? 2 : -2);
      assertThat(clock.now()).isNotNull();
      goRight(60);
      assertThat(clock.now()).isNotNull();
      goRight(60);
      assertThat(clock.now().earliest()).isEqualTo(clock.now().latest());
    }
  }

  private void goRight(long seconds) {
    pass(seconds);
    host = host.plusSeconds(seconds);
  }

  private void assertNoTime() {
    assertThatThrownBy(clock::now).hasMessageContaining("gone right for PT2M");
  }

  private void pass(long seconds) {
    passed = passed.plusSeconds(seconds);
  }

  private static TimeInterval interval(long from, long to) {
    return new TimeInterval(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
  }
}
