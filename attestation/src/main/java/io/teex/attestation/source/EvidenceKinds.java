package io.teex.attestation.source;

import io.teex.attestation.Evidence;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells by its bytes which kind of evidence a file holds. Says nothing of whether it is good. */
public final class EvidenceKinds {
  private static final byte[] SIMULATED =
      "SIMULATED TEE REPORT".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TEEX = {(byte) 0xda, 'T', 'E', 'E', 'X'};

  private static final int QUOTE_SIZE_MIN = 48 + 384;
  private static final int VENDOR = 12;
  private static final Bytes INTEL = Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607");
  private static final int TDX_TYPE = 0x81;

  private static final int SNP_SIZE = 1184;
  private static final int SNP_VERSION_MAX = 0xff;
  private static final int SNP_ALGORITHM = 0x34;
  private static final int ECDSA_P384_SHA384 = 1;

  private static final byte[] HCL = "HCLA".getBytes(StandardCharsets.US_ASCII);
  private static final int HCL_REPORT = 32;
  private static final int HCL_REPORT_TYPE = HCL_REPORT + SNP_SIZE + 8;
  private static final int HCL_SNP = 2;

  private static final byte COSE_SIGN1_TAG = (byte) 0xd2;
  private static final byte ARRAY_OF_4 = (byte) 0x84;

  /** The protected header of ES384, as a byte string: {@code << {1: -35} >>}. */
  private static final byte[] ES384 = {0x44, (byte) 0xa1, 0x01, 0x38, 0x22};

  private EvidenceKinds() {}

  /**
   * The evidence in a file: an SGX or TDX quote, an SNP report, the report of Azure's paravisor
   * around one, a Nitro document, a simulated report, or any of them as {@link Evidence#encode}
   * writes it. Total; nothing if it is none of them.
   */
  public static Optional<Evidence> recognise(byte[] file) {
    if (file.length > Evidence.ENCODED_SIZE_MAX) {
      return Optional.empty();
    }
    if (startsWith(file, 0, TEEX)) {
      try {
        return Optional.of(Evidence.decode(file));
      } catch (TeexException e) {
        return Optional.empty();
      }
    }
    return file.length > Evidence.SIZE_MAX
        ? Optional.empty()
        : kind(file).map(kind -> new Evidence(kind, Bytes.of(file)));
  }

  private static Optional<TeeKind> kind(byte[] file) {
    if (startsWith(file, 0, SIMULATED)) {
      return Optional.of(TeeKind.SIMULATED);
    }
    if (isSnp(file, 0, file.length) || isSnpInHcl(file)) {
      return Optional.of(TeeKind.SNP);
    }
    return isNitro(file) ? Optional.of(TeeKind.NITRO) : quote(file);
  }

  /** Version 3 is SGX's; from 4 on a quote says which TEE it is of. */
  private static Optional<TeeKind> quote(byte[] file) {
    if (file.length < QUOTE_SIZE_MIN || !startsWith(file, VENDOR, INTEL.copy())) {
      return Optional.empty();
    }
    ByteBuffer in = littleEndian(file);
    int version = in.getShort(0) & 0xffff;
    if (version == 3) {
      return Optional.of(TeeKind.SGX);
    }
    if (version != 4 && version != 5) {
      return Optional.empty();
    }
    return switch (in.getInt(4)) {
      case 0 -> Optional.of(TeeKind.SGX);
      case TDX_TYPE -> Optional.of(TeeKind.TDX);
      default -> Optional.empty();
    };
  }

  private static boolean isSnp(byte[] file, int from, int to) {
    if (to - from != SNP_SIZE) {
      return false;
    }
    ByteBuffer in = littleEndian(file);
    int version = in.getInt(from);
    return version > 1
        && version <= SNP_VERSION_MAX
        && in.getInt(from + SNP_ALGORITHM) == ECDSA_P384_SHA384;
  }

  private static boolean isSnpInHcl(byte[] file) {
    return file.length >= HCL_REPORT_TYPE + 4
        && startsWith(file, 0, HCL)
        && littleEndian(file).getInt(HCL_REPORT_TYPE) == HCL_SNP
        && isSnp(file, HCL_REPORT, HCL_REPORT + SNP_SIZE);
  }

  private static boolean isNitro(byte[] file) {
    int at = file.length > 0 && file[0] == COSE_SIGN1_TAG ? 1 : 0;
    return file.length > at && file[at] == ARRAY_OF_4 && startsWith(file, at + 1, ES384);
  }

  private static ByteBuffer littleEndian(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean startsWith(byte[] file, int at, byte[] start) {
    if (file.length < at + start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (file[at + i] != start[i]) {
        return false;
      }
    }
    return true;
  }
}
