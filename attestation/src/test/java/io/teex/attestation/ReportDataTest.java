package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportDataTest {
  private static final byte[] NOTHING = {};

  @Test
  void isTheHashOfEveryFieldWithItsLength() throws Exception {
    ReportData data =
        ReportData.of(Role.DISPATCHER, new byte[] {1, 2}, new byte[] {3}, new byte[] {4, 5, 6});

    byte[] preimage =
        HexFormat.of().parseHex("544545582d52412d31" + "03" + "00020102" + "000103" + "0003040506");
    assertThat(data.value())
        .isEqualTo(Bytes.of(MessageDigest.getInstance("SHA-512").digest(preimage)));
  }

  @Test
  void noTwoStatementsShareTheirBytes() {
    List<ReportData> statements =
        List.of(
            ReportData.of(Role.WORKER, new byte[] {1, 2}, NOTHING, NOTHING),
            ReportData.of(Role.MANAGER, new byte[] {1, 2}, NOTHING, NOTHING),
            ReportData.of(Role.WORKER, new byte[] {1}, new byte[] {2}, NOTHING),
            ReportData.of(Role.WORKER, new byte[] {1}, NOTHING, new byte[] {2}),
            ReportData.of(Role.WORKER, NOTHING, new byte[] {1, 2}, NOTHING),
            ReportData.of(Role.WORKER, NOTHING, NOTHING, new byte[] {1, 2}));

    assertThat(statements).doesNotHaveDuplicates();
  }

  @Test
  void refusesFieldsWhoseLengthDoesNotFit() {
    assertThat(ReportData.of(Role.WORKER, new byte[0xffff], NOTHING, NOTHING)).isNotNull();
    assertThatThrownBy(() -> ReportData.of(Role.WORKER, new byte[0x10000], NOTHING, NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
