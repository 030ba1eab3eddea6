package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReasonTest {

  @Test
  void codesAreTheWordsThatOtherProgramsKnow() {
    assertThat(Reason.MALFORMED.code()).isEqualTo("malformed");
    assertThat(Reason.REPORT_DATA_MISMATCH.code()).isEqualTo("report-data-mismatch");
    for (Reason reason : Reason.values()) {
      assertThat(reason.code()).matches("[a-z]+(-[a-z]+)*");
    }
  }
}
