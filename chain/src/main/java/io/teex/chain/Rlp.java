package io.teex.chain;

import io.teex.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.List;

/**
 * Recursive Length Prefix encoding, as far as transactions need it: byte strings, numbers and
 * lists.
 *
 * @see <a href="https://ethereum.org/developers/docs/data-structures-and-encoding/rlp">RLP</a>
 */
final class Rlp {
  private static final int STRING = 0x80;
  private static final int LIST = 0xc0;
  private static final int SHORT_MAX = 55;

  private Rlp() {}

  static byte[] string(byte[] value) {
    if (value.length == 1 && (value[0] & 0xff) < STRING) {
      return value.clone();
    }
    return prefixed(STRING, value);
  }

  static byte[] string(Bytes value) {
    return string(value.copy());
  }

  /** A number as its shortest big-endian form; zero is the empty string. */
  static byte[] number(BigInteger value) {
    return string(minimal(value));
  }

  static byte[] number(long value) {
    return number(BigInteger.valueOf(value));
  }

  /** A list of items that are already encoded. */
  static byte[] list(List<byte[]> items) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    items.forEach(content::writeBytes);
    return prefixed(LIST, content.toByteArray());
  }

  private static byte[] prefixed(int base, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (content.length <= SHORT_MAX) {
      out.write(base + content.length);
    } else {
      byte[] length = minimal(BigInteger.valueOf(content.length));
      out.write(base + SHORT_MAX + length.length);
      out.writeBytes(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] minimal(BigInteger value) {
    if (value.signum() < 0) {
      throw new IllegalArgumentException("RLP has no negative numbers: " + value);
    }
    byte[] bytes = value.toByteArray();
    int start = bytes[0] == 0 ? 1 : 0;
    byte[] result = new byte[bytes.length - start];
    System.arraycopy(bytes, start, result, 0, result.length);
    return result;
  }
}
