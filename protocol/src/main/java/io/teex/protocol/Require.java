package io.teex.protocol;

import java.math.BigInteger;

/**
 * Range checks of record constructors. TEEX uses the half of {@code uint32} and {@code uint64} that
 * Java's {@code int} and {@code long} can hold, so a comparison never needs to think of signs.
 */
final class Require {
  private Require() {}

  static void uint8(String name, int value) {
    range(name, value, 0xff);
  }

  static void uint16(String name, int value) {
    range(name, value, 0xffff);
  }

  static void uint32(String name, int value) {
    range(name, value, Integer.MAX_VALUE);
  }

  static void uint64(String name, long value) {
    range(name, value, Long.MAX_VALUE);
  }

  static void uint(String name, BigInteger value, int bits) {
    if (value.signum() < 0 || value.bitLength() > bits) {
      throw new IllegalArgumentException("%s %s is not in 0..2^%d-1".formatted(name, value, bits));
    }
  }

  private static void range(String name, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("%s %d is not in 0..%d".formatted(name, value, max));
    }
  }
}
