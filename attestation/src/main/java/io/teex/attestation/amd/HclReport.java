package io.teex.attestation.amd;

import io.teex.protocol.Bytes;
import io.teex.protocol.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What Azure keeps in the vTPM of a confidential guest: a report of the hardware between a header
 * and JSON that names the keys of the vTPM, whose SHA-256 begins REPORT_DATA. Such a report says
 * nothing of freshness.
 *
 * @param runtimeData the JSON, as stored
 */
record HclReport(SnpReport report, Bytes runtimeData) {
  private static final byte[] MAGIC = "HCLA".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_SIZE = 32;
  private static final int RUNTIME_HEADER = HEADER_SIZE + SnpReport.SIZE;
  private static final int RUNTIME_HEADER_SIZE = 20;
  private static final int KIND_SNP = 2;
  private static final int SHA256 = 1;

  static boolean isOne(Bytes evidence) {
    return evidence.size() >= MAGIC.length
        && Arrays.equals(evidence.slice(0, MAGIC.length).copy(), MAGIC);
  }

  /**
   * @throws IllegalArgumentException if it is cut off or holds something else
   */
  static HclReport parse(Bytes evidence) {
    int json = RUNTIME_HEADER + RUNTIME_HEADER_SIZE;
    if (evidence.size() < json) {
      throw new IllegalArgumentException(
          "an HCL report of %d bytes, at least %d".formatted(evidence.size(), json));
    }
    ByteBuffer header =
        ByteBuffer.wrap(evidence.slice(RUNTIME_HEADER, json).copy()).order(ByteOrder.LITTLE_ENDIAN);
    int kind = header.getInt(8);
    int hash = header.getInt(12);
    int size = header.getInt(16);
    if (kind != KIND_SNP || hash != SHA256) {
      throw new IllegalArgumentException(
          "an HCL report of kind %d with hash %d, not %d with %d"
              .formatted(kind, hash, KIND_SNP, SHA256));
    }
    if (size < 0 || size > evidence.size() - json) {
      throw new IllegalArgumentException(
          "%d bytes of runtime data announced, %d there".formatted(size, evidence.size() - json));
    }
    return new HclReport(
        new SnpReport(evidence.slice(HEADER_SIZE, RUNTIME_HEADER)),
        evidence.slice(json, json + size));
  }

  /** Whether the hardware vouches for the runtime data. */
  boolean isBound() {
    Bytes digest = Sha256.hash(runtimeData.copy()).value();
    return report.reportData().slice(0, digest.size()).equals(digest);
  }
}
