package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class FeesTest {
  private static BigInteger gwei(long amount) {
    return Fees.GWEI.multiply(BigInteger.valueOf(amount));
  }

  @Test
  void leavesRoomForABaseFeeThatDoubles() {
    assertThat(Fees.estimate(gwei(10), gwei(2), gwei(500))).isEqualTo(new Fees(gwei(2), gwei(22)));
    assertThat(Fees.estimate(gwei(10), gwei(2), gwei(15))).isEqualTo(new Fees(gwei(2), gwei(15)));
    assertThat(Fees.estimate(gwei(10), BigInteger.ZERO, gwei(500)).tip()).isPositive();
  }

  @Test
  void offersNoMoreThanItMay() {
    assertThatThrownBy(() -> Fees.estimate(gwei(10), gwei(2), gwei(11)))
        .hasMessage(
            "gas costs 10 gwei and a tip of 2 now, at most 11 may be paid: wait, or raise the limit")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  @Test
  void aReplacementOffersAnEighthMoreOfBothOrWhatIsAskedNow() {
    Fees sent = new Fees(gwei(2), gwei(22));

    Fees more = sent.bumped(sent, gwei(500)).orElseThrow();
    assertThat(more.tip().multiply(BigInteger.valueOf(8)))
        .isGreaterThanOrEqualTo(sent.tip().multiply(BigInteger.valueOf(9)));
    assertThat(more.max().multiply(BigInteger.valueOf(8)))
        .isGreaterThanOrEqualTo(sent.max().multiply(BigInteger.valueOf(9)));
    assertThat(sent.bumped(new Fees(gwei(4), gwei(44)), gwei(500)))
        .contains(new Fees(gwei(4), gwei(44)));
    assertThat(sent.bumped(sent, gwei(23))).isEmpty();
  }
}
