package io.teex.attestation.intel;

import io.teex.protocol.Bytes;

/** Masks over strings of bytes of the same size. */
final class Bits {
  private Bits() {}

  static Bytes and(Bytes a, Bytes b) {
    byte[] result = a.copy();
    for (int i = 0; i < result.length; i++) {
      result[i] &= b.at(i);
    }
    return Bytes.of(result);
  }

  /** What is on in {@code a} and not in {@code b}. */
  static Bytes andNot(Bytes a, Bytes b) {
    byte[] result = a.copy();
    for (int i = 0; i < result.length; i++) {
      result[i] &= (byte) ~b.at(i);
    }
    return Bytes.of(result);
  }

  static boolean isZero(Bytes bits) {
    for (int i = 0; i < bits.size(); i++) {
      if (bits.at(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
