package io.teex.attestation;

import io.teex.protocol.Bytes;

/**
 * The one name of what a TEE runs, 48 bytes: the simulated TEE's SHA-384 of the class path; SNP's
 * MEASUREMENT; SGX's MRENCLAVE followed by 16 zero bytes; for TDX the SHA-384 of MRTD ‖ RTMR0 ‖
 * RTMR1 ‖ RTMR2 ‖ RTMR3; for Nitro the SHA-384 of PCR0 ‖ PCR1 ‖ PCR2. Node certificates and the
 * registry on chain know it; a policy looks at the registers behind it ({@link MeasurementRule}).
 */
public record Measurement(Bytes value) implements Comparable<Measurement> {
  public static final int SIZE = 48;

  public Measurement {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException(
          "a measurement has %d bytes, not %d".formatted(SIZE, value.size()));
    }
  }

  public static Measurement of(byte[] value) {
    return new Measurement(Bytes.of(value));
  }

  /**
   * @param hex 96 digits, with or without {@code 0x}
   * @throws IllegalArgumentException on anything else
   */
  public static Measurement fromHex(String hex) {
    return new Measurement(Bytes.fromHex(hex));
  }

  @Override
  public int compareTo(Measurement other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
