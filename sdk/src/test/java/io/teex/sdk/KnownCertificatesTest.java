package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.IntervalClock;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.NodeCertificates;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a user makes of certificates while her machine's clock does what it should not. */
class KnownCertificatesTest {
  private static final Duration LIFE = Duration.ofMinutes(1);

  private final FakeMarket market = new FakeMarket();
  private Instant host = FakeMarket.NOW;
  private Duration passed = Duration.ZERO;
  private final IntervalClock clock =
      new IntervalClock(() -> host, () -> passed.toNanos(), IntervalClock.WIDTH_MAX);
  private final KnownCertificates known =
      new KnownCertificates(
          new NodeCertificates(market.domain, market.manager.address(), clock::now));
  private final Signed<NodeCertificate> certificate =
      market.manager.sign(
          market.domain,
          new NodeCertificate(
              Role.WORKER,
              Bytes32.ZERO,
              market.worker.address(),
              new Address(Bytes.of(new byte[Address.SIZE])),
              Bytes.of(new byte[48]),
              Bytes32.ZERO,
              TcbStatus.SIMULATED,
              1,
              FakeMarket.NOW.plus(LIFE).getEpochSecond()));

  @Test
  void aCertificateIsGoodToItsLastSecond() {
    assertKnown();
    pass(LIFE);
    assertKnown();

    pass(Duration.ofSeconds(1));

    assertRefused(ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void setBackAClockKeepsNoCertificateAlive() {
    assertKnown();
    pass(LIFE.plusSeconds(1));

    host = FakeMarket.NOW;

    assertRefused(ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void setForwardAClockEndsThemAtOnceAndSetBackAgainItDoesNotReviveThem() {
    assertKnown();
    host = host.plus(LIFE).plusSeconds(1);
    assertRefused(ErrorCode.CERTIFICATE_INVALID);

    host = FakeMarket.NOW;

    assertRefused(ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void stoppedAClockKeepsNoCertificateAlive() {
    assertKnown();

    passed = LIFE.plusSeconds(1);

    assertRefused(ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void afterASleepNothingIsJudgedUntilTheClockWentRightForAWhile() {
    host = host.plus(Duration.ofHours(8));
    assertRefused(ErrorCode.ATTESTATION_REFUSED);

    pass(Duration.ofMinutes(2));

    assertRefused(ErrorCode.CERTIFICATE_INVALID);
  }

  private void pass(Duration time) {
    passed = passed.plus(time);
    host = host.plus(time);
  }

  private void assertKnown() {
    assertThat(known.require(certificate, Role.WORKER)).isEqualTo(certificate.value());
  }

  private void assertRefused(ErrorCode code) {
    assertThatThrownBy(() -> known.require(certificate, Role.WORKER))
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
