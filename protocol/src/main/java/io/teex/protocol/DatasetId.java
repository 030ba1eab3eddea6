package io.teex.protocol;

import java.math.BigInteger;

/** The token id of a data set in the {@code DataMarket} contract, 0 to 2²⁵⁶−1. */
public record DatasetId(BigInteger value) implements Comparable<DatasetId> {
  public DatasetId {
    Require.uint("data set id", value, 256);
  }

  public static DatasetId of(long value) {
    return new DatasetId(BigInteger.valueOf(value));
  }

  /** Reads decimal digits. */
  public static DatasetId parse(String decimal) {
    return new DatasetId(new BigInteger(decimal));
  }

  @Override
  public int compareTo(DatasetId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
