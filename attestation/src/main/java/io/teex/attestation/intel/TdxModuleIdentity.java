package io.teex.attestation.intel;

import io.teex.attestation.JsonObject;
import io.teex.protocol.Bytes;
import java.util.List;

/**
 * What a TDX module of one major version has to look like.
 *
 * @param id such as {@code TDX_01}
 * @param levels by the module's ISVSVN; empty for the first module, which the platform's levels
 *     judge
 */
record TdxModuleIdentity(
    String id, Bytes mrSigner, Bytes attributes, Bytes attributesMask, List<IsvLevel> levels) {
  TdxModuleIdentity {
    levels = List.copyOf(levels);
  }

  static TdxModuleIdentity parse(JsonObject json, String id, boolean levels) {
    return new TdxModuleIdentity(
        id,
        json.hex("mrsigner", 48),
        json.hex("attributes", 8),
        json.hex("attributesMask", 8),
        levels ? IsvLevel.parseAll(json) : List.of());
  }

  /** Whether the module below a trust domain is one of these. */
  boolean matches(TdReport report) {
    return report.mrSignerSeam().equals(mrSigner)
        && Bits.and(report.seamAttributes(), attributesMask).equals(attributes)
        && Bits.isZero(report.seamAttributes());
  }
}
