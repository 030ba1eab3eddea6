package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigInteger;

/** The two hexadecimal forms of JSON-RPC: quantities without leading zeros, and data. */
final class Hex {
  private Hex() {}

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static String quantity(BigInteger value) {
    return "0x" + value.toString(16);
  }

  static BigInteger number(String quantity) {
    try {
      return new BigInteger(digits(quantity), 16);
    } catch (NumberFormatException e) {
      throw unreadable(quantity, e);
    }
  }

  static long longNumber(String quantity) {
    try {
      return number(quantity).longValueExact();
    } catch (ArithmeticException e) {
      throw unreadable(quantity, e);
    }
  }

  static Bytes data(String data) {
    try {
      return Bytes.fromHex(digits(data));
    } catch (IllegalArgumentException e) {
      throw unreadable(data, e);
    }
  }

  private static String digits(String text) {
    if (!text.startsWith("0x")) {
      throw unreadable(text, new IllegalArgumentException("no 0x"));
    }
    return text.substring(2);
  }

  private static TeexException unreadable(String text, Exception e) {
    return new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "the chain's RPC answered '%s', which is no hexadecimal number or data"
            .formatted(text.length() > 80 ? text.substring(0, 80) + "…" : text),
        e);
  }
}
