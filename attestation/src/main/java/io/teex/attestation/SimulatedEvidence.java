package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Sha256;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * The evidence format of the simulated TEE, version 1, integers big-endian:
 *
 * <pre>
 * 22  "SIMULATED TEE REPORT 1", so that nobody who looks at it takes it for anything else
 * 48  measurement
 * 64  report data
 * 2+n SubjectPublicKeyInfo of the simulated root
 * 2+n X.509 certificate of the platform's attestation key, signed by the root
 * 64  ECDSA P-256 / SHA-256, r ‖ s, by the attestation key over everything before it
 * </pre>
 */
record SimulatedEvidence(
    Measurement measurement,
    ReportData reportData,
    Bytes root,
    Bytes attestationCertificate,
    Bytes signed,
    Bytes signature) {
  static final int SIZE_MAX = 4096;
  static final int SIGNATURE_SIZE = 64;

  private static final byte[] MAGIC = "SIMULATED TEE REPORT 1".getBytes(StandardCharsets.US_ASCII);

  static Bytes platformId(X509Certificate attestationKey) {
    return Sha256.hash(attestationKey.getPublicKey().getEncoded()).value();
  }

  /** The bytes that the attestation key signs. */
  static byte[] toSign(
      Measurement measurement, ReportData reportData, byte[] root, byte[] attestationCertificate) {
    return ByteBuffer.allocate(
            MAGIC.length
                + Measurement.SIZE
                + ReportData.SIZE
                + 2
                + root.length
                + 2
                + attestationCertificate.length)
        .put(MAGIC)
        .put(measurement.value().copy())
        .put(reportData.value().copy())
        .putShort((short) root.length)
        .put(root)
        .putShort((short) attestationCertificate.length)
        .put(attestationCertificate)
        .array();
  }

  /**
   * @throws IllegalArgumentException if the bytes are not exactly of this format
   */
  static SimulatedEvidence parse(Bytes evidence) {
    if (evidence.size() > SIZE_MAX) {
      throw new IllegalArgumentException("longer than %d bytes".formatted(SIZE_MAX));
    }
    byte[] bytes = evidence.copy();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (!Arrays.equals(take(in, MAGIC.length), MAGIC)) {
        throw new IllegalArgumentException("no simulated report of version 1");
      }
      Measurement measurement = Measurement.of(take(in, Measurement.SIZE));
      ReportData reportData = new ReportData(Bytes.of(take(in, ReportData.SIZE)));
      Bytes root = Bytes.of(take(in, in.getShort() & 0xffff));
      Bytes certificate = Bytes.of(take(in, in.getShort() & 0xffff));
      Bytes signed = evidence.slice(0, in.position());
      Bytes signature = Bytes.of(take(in, SIGNATURE_SIZE));
      if (in.hasRemaining()) {
        throw new IllegalArgumentException("%d bytes too many".formatted(in.remaining()));
      }
      return new SimulatedEvidence(measurement, reportData, root, certificate, signed, signature);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("cut off at byte " + bytes.length, e);
    }
  }

  private static byte[] take(ByteBuffer in, int size) {
    if (size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] part = new byte[size];
    in.get(part);
    return part;
  }
}
