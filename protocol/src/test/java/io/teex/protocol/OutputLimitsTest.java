package io.teex.protocol;

import static io.teex.protocol.OutputLimits.PLAIN_BYTES_MAX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "33554432, 0",
    "33554432, 1",
    "33554432, 33554432",
    "1, 33554432",
    "1000, 256"
  })
  void outputsThatFitWhenPaddedAreAcceptable(long cap, long padding) {
    OutputTerms terms = terms(cap, padding);

    assertThat(OutputLimits.isAcceptable(terms)).isTrue();
    assertThatCode(() -> OutputLimits.require(terms)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "33554433, 0",
    "1, 33554433",
    "33554432, 33554431",
    "33554432, 3",
    "9223372036854775807, 0",
    "1, 9223372036854775807",
    "9223372036854775807, 2",
    "9223372036854775807, 9223372036854775807",
    "0, 9223372036854775807"
  })
  void outputsThatMayNotFitWhenPaddedAreRefused(long cap, long padding) {
    OutputTerms terms = terms(cap, padding);

    assertThat(OutputLimits.isAcceptable(terms)).isFalse();
    assertThatThrownBy(() -> OutputLimits.require(terms))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining(String.valueOf(cap))
        .hasMessageContaining(String.valueOf(padding))
        .extracting(e -> ((TeexException) e).code())
        .isEqualTo(ErrorCode.ORDER_MISMATCH);
  }

  @Test
  void theLongestOutputFitsIntoABlobWhenItIsSealed() {
    assertThat(SealedContent.sealedBytes(40 + PLAIN_BYTES_MAX)).isLessThan(64L << 20);
  }

  private static OutputTerms terms(long cap, long padding) {
    return new OutputTerms(Bytes32.ZERO, cap, padding);
  }
}
