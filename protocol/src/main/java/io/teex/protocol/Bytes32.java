package io.teex.protocol;

import java.util.random.RandomGenerator;

/** Exactly 32 bytes: a hash, a commitment, a salt or an X25519 public key. */
public record Bytes32(Bytes value) implements Comparable<Bytes32> {
  public static final int SIZE = 32;
  public static final Bytes32 ZERO = new Bytes32(Bytes.owned(new byte[SIZE]));

  public Bytes32 {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException("expected 32 bytes, got " + value.size());
    }
  }

  public static Bytes32 of(byte[] value) {
    return new Bytes32(Bytes.of(value));
  }

  /**
   * @param hex 64 digits, with or without {@code 0x}
   */
  public static Bytes32 fromHex(String hex) {
    return new Bytes32(Bytes.fromHex(hex));
  }

  public static Bytes32 random(RandomGenerator random) {
    byte[] value = new byte[SIZE];
    random.nextBytes(value);
    return new Bytes32(Bytes.owned(value));
  }

  static Bytes32 owned(byte[] value) {
    return new Bytes32(Bytes.owned(value));
  }

  public byte[] copy() {
    return value.copy();
  }

  public boolean isZero() {
    return equals(ZERO);
  }

  @Override
  public int compareTo(Bytes32 other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
