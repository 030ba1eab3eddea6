package io.teex.attestation.amd;

import io.teex.attestation.Ecdsa;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The attestation report of SEV-SNP, {@value #SIZE} bytes, little-endian. Reserved fields that are
 * signed are not looked at: firmware that gives them a meaning says so by the version.
 *
 * @see <a
 *     href="https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56860.pdf">
 *     SEV Secure Nested Paging Firmware ABI (56860), ATTESTATION_REPORT</a>
 */
record SnpReport(Bytes bytes) {
  static final int SIZE = 0x4a0;
  static final int ECDSA_P384_SHA384 = 1;
  static final int SIGNED_BY_VCEK = 0;
  static final int SIGNED_BY_VLEK = 1;

  private static final int SIGNATURE = 0x2a0;
  private static final int SIGNATURE_PART_SIZE = 72;
  private static final int TCB_SIZE = 8;
  private static final int VERSION_WITH_CPUID = 3;

  SnpReport {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException(
          "a report has %d bytes, not %d".formatted(SIZE, bytes.size()));
    }
  }

  long version() {
    return u32(0x00);
  }

  boolean isOfKnownVersion() {
    return version() == 2 || version() == 3 || version() == 5;
  }

  long guestSvn() {
    return u32(0x04);
  }

  long policy() {
    return number(0x08, 8);
  }

  Bytes familyId() {
    return at(0x10, 16);
  }

  Bytes imageId() {
    return at(0x20, 16);
  }

  long vmpl() {
    return u32(0x30);
  }

  long signatureAlgorithm() {
    return u32(0x34);
  }

  Bytes currentTcb() {
    return at(0x38, TCB_SIZE);
  }

  long platformInfo() {
    return number(0x40, 8);
  }

  boolean hasAuthorKey() {
    return (u32(0x48) & 1) != 0;
  }

  boolean masksChipKey() {
    return (u32(0x48) & 2) != 0;
  }

  /** {@link #SIGNED_BY_VCEK}, {@link #SIGNED_BY_VLEK}, or 7 for nobody. */
  long signingKey() {
    return u32(0x48) >> 2 & 7;
  }

  Bytes reportData() {
    return at(0x50, 64);
  }

  Bytes measurement() {
    return at(0x90, 48);
  }

  Bytes hostData() {
    return at(0xc0, 32);
  }

  Bytes idKeyDigest() {
    return at(0xe0, 48);
  }

  Bytes authorKeyDigest() {
    return at(0x110, 48);
  }

  Bytes reportId() {
    return at(0x140, 32);
  }

  /** All {@code ff} if there is no migration agent. */
  Bytes migrationAgentReportId() {
    return at(0x160, 32);
  }

  Bytes reportedTcb() {
    return at(0x180, TCB_SIZE);
  }

  /** Family, model, stepping; zeros before version 3. */
  Bytes cpuid() {
    return at(0x188, 3);
  }

  boolean showsCpuid() {
    return version() >= VERSION_WITH_CPUID;
  }

  /** By CPUID; nothing if the report shows none or that of an unknown line. */
  Optional<Product> product() {
    return showsCpuid()
        ? Product.ofCpuid(cpuid().at(0) & 0xff, cpuid().at(1) & 0xff)
        : Optional.empty();
  }

  /** Zeros if the platform hides it. */
  Bytes chipId() {
    return at(0x1a0, 64);
  }

  Bytes committedTcb() {
    return at(0x1e0, TCB_SIZE);
  }

  /** {@code major.minor.build} of the firmware. */
  String currentVersion() {
    return version(0x1e8);
  }

  String committedVersion() {
    return version(0x1ec);
  }

  Bytes launchTcb() {
    return at(0x1f0, TCB_SIZE);
  }

  Bytes launchMitigations() {
    return at(0x1f8, 8);
  }

  Bytes currentMitigations() {
    return at(0x200, 8);
  }

  Bytes signed() {
    return at(0x00, SIGNATURE);
  }

  /** r ‖ s, big-endian; nothing if they are longer or followed by anything but zeros. */
  Optional<byte[]> signature() {
    int size = Ecdsa.P384_SHA384.size();
    byte[] signature = new byte[2 * size];
    for (int i = 0; i < size; i++) {
      signature[size - 1 - i] = bytes.at(SIGNATURE + i);
      signature[2 * size - 1 - i] = bytes.at(SIGNATURE + SIGNATURE_PART_SIZE + i);
    }
    boolean padded =
        isZero(SIGNATURE + size, SIGNATURE + SIGNATURE_PART_SIZE)
            && isZero(SIGNATURE + SIGNATURE_PART_SIZE + size, SIZE);
    return padded ? Optional.of(signature) : Optional.empty();
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes.at(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private String version(int offset) {
    return "%d.%d.%d"
        .formatted(
            bytes.at(offset + 2) & 0xff, bytes.at(offset + 1) & 0xff, bytes.at(offset) & 0xff);
  }

  private long u32(int offset) {
    return number(offset, 4);
  }

  private long number(int offset, int size) {
    byte[] padded = new byte[Long.BYTES];
    at(offset, size).copyTo(padded, 0);
    return ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private Bytes at(int offset, int size) {
    return bytes.slice(offset, offset + size);
  }
}
