package io.teex.attestation;

import io.teex.protocol.Bytes;
import java.util.Set;

/**
 * What a trust domain has to be besides not debuggable.
 *
 * @param septVeDisable whether TDATTRIBUTES.SEPT_VE_DISABLE has to be on
 * @param attributesMax 8 bytes as in TDATTRIBUTES: bits that may be on (bits 0 to 7 never may)
 * @param xfamMax 8 bytes as in XFAM: bits that may be on
 * @param mrSeams accepted TDX modules by MRSEAM; empty accepts every one that Intel vouches for
 * @param teeTcbSvnMin 16 bytes: the least TEE_TCB_SVN, byte by byte
 */
public record TdxPolicy(
    boolean septVeDisable,
    Bytes attributesMax,
    Bytes xfamMax,
    Set<Bytes> mrSeams,
    Bytes teeTcbSvnMin) {
  private static final Bytes ALL = Bytes.fromHex("0xffffffffffffffff");

  /** Every trust domain whose platform is good enough. */
  public static final TdxPolicy ANY =
      new TdxPolicy(false, ALL, ALL, Set.of(), Bytes.of(new byte[16]));

  public TdxPolicy {
    if (attributesMax.size() != 8 || xfamMax.size() != 8 || teeTcbSvnMin.size() != 16) {
      throw new IllegalArgumentException(
          "TDATTRIBUTES and XFAM have 8 bytes, TEE_TCB_SVN has 16, not %d, %d, %d"
              .formatted(attributesMax.size(), xfamMax.size(), teeTcbSvnMin.size()));
    }
    mrSeams = Set.copyOf(mrSeams);
  }
}
