package io.teex.attestation.intel;

import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;

/**
 * The first 48 bytes of a quote.
 *
 * @param version 3, 4 or 5
 * @param tee {@code SGX} or {@code TDX}
 */
record QuoteHeader(int version, TeeKind tee) {
  static final int SIZE = 48;

  private static final int ECDSA_P256 = 2;
  private static final int TEE_SGX = 0;
  private static final int TEE_TDX = 0x81;
  private static final int USER_DATA_SIZE = 20;
  private static final Bytes INTEL = Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607");

  static QuoteHeader parse(QuoteReader in) throws Refused {
    int version = in.u16("version");
    if (version < 3 || version > 5) {
      throw new Refused(
          Reason.UNSUPPORTED_VERSION, "quote version %d, expected 3, 4 or 5".formatted(version));
    }
    int keyType = in.u16("attestation key type");
    if (keyType != ECDSA_P256) {
      throw Refused.malformed(
          "attestation key type %d, expected %d (ECDSA P-256)".formatted(keyType, ECDSA_P256));
    }
    TeeKind tee = tee(version, in.u32("TEE type"));
    in.skip(4, "security versions");
    Bytes vendor = in.take(INTEL.size(), "vendor of the quoting enclave");
    if (!vendor.equals(INTEL)) {
      throw Refused.malformed(
          "the quoting enclave is of vendor %s, expected Intel's %s".formatted(vendor, INTEL));
    }
    in.skip(USER_DATA_SIZE, "user data");
    return new QuoteHeader(version, tee);
  }

  /** Version 3 has zeros where the later ones name the TEE, and is of SGX alone. */
  private static TeeKind tee(int version, long type) throws Refused {
    if (type == TEE_SGX) {
      return TeeKind.SGX;
    }
    if (type == TEE_TDX && version > 3) {
      return TeeKind.TDX;
    }
    throw Refused.malformed("TEE type 0x%x in a quote of version %d".formatted(type, version));
  }
}
