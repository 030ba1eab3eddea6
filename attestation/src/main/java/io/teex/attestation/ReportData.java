package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The 64 bytes that evidence vouches for besides the measurement, all of them used: SHA-512 of
 * {@code "TEEX-RA-1" ‖ u8 role ‖ u16 length ‖ SPKI ‖ u16 length ‖ nonce ‖ u16 length ‖ context}.
 * Because every field carries its length, no two different statements share their bytes.
 */
public record ReportData(Bytes value) {
  public static final int SIZE = 64;

  private static final byte[] LABEL = "TEEX-RA-1".getBytes(StandardCharsets.US_ASCII);

  public ReportData {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException(
          "report data has %d bytes, not %d".formatted(SIZE, value.size()));
    }
  }

  /**
   * The statement "in this role, I hold the private half of this key".
   *
   * @param publicKey SubjectPublicKeyInfo in DER, at most 65,535 bytes like the other two
   * @param nonce the verifier's, so that the evidence is fresh; empty inside a certificate
   * @param context what else the evidence is bound to, such as a TLS exporter; may be empty
   */
  public static ReportData of(Role role, byte[] publicKey, byte[] nonce, byte[] context) {
    MessageDigest digest = Digests.sha512();
    digest.update(LABEL);
    digest.update((byte) role.code());
    updateWithLength(digest, publicKey);
    updateWithLength(digest, nonce);
    updateWithLength(digest, context);
    return new ReportData(Bytes.of(digest.digest()));
  }

  /** Compares in a time that does not depend on the content. */
  public boolean sameAs(ReportData other) {
    return MessageDigest.isEqual(value.copy(), other.value.copy());
  }

  private static void updateWithLength(MessageDigest digest, byte[] field) {
    if (field.length > 0xffff) {
      throw new IllegalArgumentException("a field of report data has " + field.length + " bytes");
    }
    digest.update(ByteBuffer.allocate(2).putShort((short) field.length).flip());
    digest.update(field);
  }
}
