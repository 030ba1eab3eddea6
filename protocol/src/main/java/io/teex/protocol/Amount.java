package io.teex.protocol;

import java.math.BigInteger;

/** An amount of the settlement token in its base unit, 0 to 2¹²⁸−1. */
public record Amount(BigInteger value) implements Comparable<Amount> {
  public static final Amount ZERO = new Amount(BigInteger.ZERO);
  public static final Amount MAX =
      new Amount(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));

  public Amount {
    if (value.signum() < 0 || value.bitLength() > 128) {
      throw new IllegalArgumentException("amount %s is not in 0..2^128-1".formatted(value));
    }
  }

  public static Amount of(long value) {
    return new Amount(BigInteger.valueOf(value));
  }

  /** Reads decimal digits. */
  public static Amount parse(String decimal) {
    return new Amount(new BigInteger(decimal));
  }

  /**
   * @throws ArithmeticException if the sum exceeds {@link #MAX}
   */
  public Amount plus(Amount other) {
    return checked(value.add(other.value));
  }

  /**
   * @throws ArithmeticException if {@code other} is larger
   */
  public Amount minus(Amount other) {
    return checked(value.subtract(other.value));
  }

  /**
   * @throws ArithmeticException if the product exceeds {@link #MAX} or is negative
   */
  public Amount times(long factor) {
    return checked(value.multiply(BigInteger.valueOf(factor)));
  }

  public Amount min(Amount other) {
    return compareTo(other) <= 0 ? this : other;
  }

  public boolean isZero() {
    return value.signum() == 0;
  }

  private static Amount checked(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 128) {
      throw new ArithmeticException("amount %s is not in 0..2^128-1".formatted(value));
    }
    return new Amount(value);
  }

  @Override
  public int compareTo(Amount other) {
    return value.compareTo(other.value);
  }

  /** Decimal digits. */
  @Override
  public String toString() {
    return value.toString();
  }
}
