package io.teex.cli.attest;

import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Arrays;

/** Reads report data from the command line. */
final class HexOption {
  private HexOption() {}

  /** Fewer than 64 bytes are filled up with zero bytes, as platforms' own tools do. */
  static ReportData reportData(String hex) {
    try {
      Bytes bytes = Bytes.fromHex(hex);
      if (bytes.size() <= ReportData.SIZE) {
        return new ReportData(Bytes.of(Arrays.copyOf(bytes.copy(), ReportData.SIZE)));
      }
      throw new TeexException(
          ErrorCode.USAGE,
          "--report-data has %d bytes, at most %d are taken: give a hash of it"
              .formatted(bytes.size(), ReportData.SIZE));
    } catch (IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.USAGE, "--report-data must be hexadecimal, two digits for each byte", e);
    }
  }
}
