package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Everything it is used on was authenticated before, so a
 * failure ({@code STORE_CORRUPT}) means another version of the format or a bug.
 */
final class ByteReader {
  private final byte[] buffer;
  private int at;

  ByteReader(byte[] buffer) {
    this.buffer = buffer;
  }

  boolean atEnd() {
    return at == buffer.length;
  }

  int u8() {
    return buffer[advance(1)] & 0xff;
  }

  int u32() {
    int from = advance(4);
    return (buffer[from] & 0xff) << 24
        | (buffer[from + 1] & 0xff) << 16
        | (buffer[from + 2] & 0xff) << 8
        | (buffer[from + 3] & 0xff);
  }

  long u64() {
    return (long) u32() << 32 | (u32() & 0xffffffffL);
  }

  byte[] raw(int count) {
    int from = advance(count);
    return Arrays.copyOfRange(buffer, from, from + count);
  }

  Bytes bytes(int count) {
    return Bytes.of(raw(count));
  }

  Bytes sized() {
    return bytes(u32());
  }

  private int advance(int count) {
    if (count < 0 || count > buffer.length - at) {
      throw malformed("%d bytes end before the %d expected".formatted(buffer.length - at, count));
    }
    int from = at;
    at += count;
    return from;
  }

  static TeexException malformed(String what) {
    return new TeexException(ErrorCode.STORE_CORRUPT, "a record cannot be read: " + what);
  }
}
