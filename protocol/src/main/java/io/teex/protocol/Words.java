package io.teex.protocol;

import java.math.BigInteger;
import java.util.Arrays;

/** The 32-byte words of the ABI. */
final class Words {
  static final int SIZE = 32;

  private Words() {}

  static byte[] uint(long value) {
    return uint(BigInteger.valueOf(value));
  }

  static byte[] uint(BigInteger value) {
    byte[] digits = value.toByteArray();
    byte[] word = new byte[SIZE];
    // A leading zero byte keeps the sign of large values and may make 33 bytes.
    int from = Math.max(0, digits.length - SIZE);
    System.arraycopy(digits, from, word, SIZE - (digits.length - from), digits.length - from);
    return word;
  }

  static byte[] leftPadded(byte[] value) {
    byte[] word = new byte[SIZE];
    System.arraycopy(value, 0, word, SIZE - value.length, value.length);
    return word;
  }

  static BigInteger toUint(byte[] word) {
    return new BigInteger(1, word);
  }

  static boolean isZero(byte[] bytes, int from, int to) {
    return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
  }

  /** How many bytes of padding follow a byte string of this size. */
  static int padding(int size) {
    return (SIZE - size % SIZE) % SIZE;
  }
}
