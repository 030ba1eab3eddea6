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

    Fees more = sent.bumped(sent, gwei(500), gwei(0)).orElseThrow();
    assertThat(more.tip().multiply(BigInteger.valueOf(8)))
        .isGreaterThanOrEqualTo(sent.tip().multiply(BigInteger.valueOf(9)));
    assertThat(more.max().multiply(BigInteger.valueOf(8)))
        .isGreaterThanOrEqualTo(sent.max().multiply(BigInteger.valueOf(9)));
    assertThat(sent.bumped(new Fees(gwei(4), gwei(44)), gwei(500), gwei(0)))
        .contains(new Fees(gwei(4), gwei(44)));
    assertThat(sent.bumped(sent, gwei(23), gwei(0))).isEmpty();
  }

  @Test
  void blobGasHasAPriceOfItsOwn() {
    Fees without = Fees.estimate(gwei(10), gwei(2), gwei(500));

    assertThat(without.withBlobs(gwei(3), gwei(100)))
        .isEqualTo(new Fees(gwei(2), gwei(22), gwei(6)));
    assertThat(without.withBlobs(gwei(3), gwei(4)).blobMax()).isEqualTo(gwei(4));
    assertThatThrownBy(() -> without.withBlobs(gwei(3), gwei(2)))
        .hasMessage(
            "blob gas costs 3 gwei now, at most 2 may be paid: wait, raise the limit, or post elsewhere")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  @Test
  void aReplacementWithBlobsOffersTwiceOfAllThree() {
    Fees sent = new Fees(gwei(2), gwei(22), gwei(1));

    assertThat(sent.bumped(sent, gwei(500), gwei(100)))
        .contains(new Fees(gwei(4), gwei(44), gwei(2)));
    assertThat(sent.bumped(new Fees(gwei(5), gwei(50), gwei(7)), gwei(500), gwei(100)))
        .contains(new Fees(gwei(5), gwei(50), gwei(7)));
    assertThat(sent.bumped(sent, gwei(43), gwei(100))).isEmpty();
    assertThat(sent.bumped(sent, gwei(500), BigInteger.ONE)).isEmpty();
  }

  @Test
  void theExcessSaysWhatBlobGasCostsAtMost() {
    assertThat(BlobFee.atMost(BigInteger.ZERO)).isEqualTo(BigInteger.ONE);
    // e² and e⁴⁰, rounded down by the specification's own arithmetic.
    assertThat(BlobFee.atMost(BigInteger.valueOf(2 * 5_007_716L))).isEqualTo(7);
    assertThat(BlobFee.atMost(BigInteger.valueOf(40 * 5_007_716L)).bitLength()).isEqualTo(58);
    assertThat(BlobFee.atMost(BigInteger.ONE.shiftLeft(255)).bitLength()).isEqualTo(93);
  }
}
