package io.teex.blobs;

/** Contents that the vectors' script makes, too. */
final class Contents {
  private Contents() {}

  /** The high bytes of a 32-bit linear congruence that starts at {@code size}. */
  static byte[] ofSize(int size) {
    byte[] bytes = new byte[size];
    int state = size;
    for (int i = 0; i < size; i++) {
      state = state * 1664525 + 1013904223;
      bytes[i] = (byte) (state >>> 24);
    }
    return bytes;
  }
}
