package io.teex.attestation;

import io.teex.protocol.Bytes;

/** What a TEE runs: the 48 bytes (SHA-384) by which its platform vouches for the loaded code. */
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
