package io.teex.protocol;

import java.math.BigInteger;

/** The token id of a service in the {@code ServiceMarket} contract, 0 to 2²⁵⁶−1. */
public record ServiceId(BigInteger value) implements Comparable<ServiceId> {
  public ServiceId {
    Require.uint("service id", value, 256);
  }

  public static ServiceId of(long value) {
    return new ServiceId(BigInteger.valueOf(value));
  }

  /** Reads decimal digits. */
  public static ServiceId parse(String decimal) {
    return new ServiceId(new BigInteger(decimal));
  }

  @Override
  public int compareTo(ServiceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
