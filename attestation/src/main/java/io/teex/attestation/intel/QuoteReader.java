package io.teex.attestation.intel;

import io.teex.protocol.Bytes;

/** Takes apart bytes that anybody may have made: nothing is read that is not there. */
final class QuoteReader {
  private final Bytes bytes;
  private final int end;
  private int at;

  QuoteReader(Bytes bytes) {
    this(bytes, 0, bytes.size());
  }

  private QuoteReader(Bytes bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  int position() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  Bytes take(int size, String what) throws Refused {
    require(size, what);
    Bytes part = bytes.slice(at, at + size);
    at += size;
    return part;
  }

  void skip(int size, String what) throws Refused {
    require(size, what);
    at += size;
  }

  int u16(String what) throws Refused {
    require(2, what);
    int value = unsigned(at) | unsigned(at + 1) << 8;
    at += 2;
    return value;
  }

  /** A u32, read as the unsigned number that it is. */
  long u32(String what) throws Refused {
    return u16(what) | (long) u16(what) << 16;
  }

  /** A reader of the next {@code size} bytes alone, which this one then has behind it. */
  QuoteReader part(long size, String what) throws Refused {
    require(size, what);
    QuoteReader part = new QuoteReader(bytes, at, at + (int) size);
    at += (int) size;
    return part;
  }

  void end(String what) throws Refused {
    if (remaining() > 0) {
      throw Refused.malformed("%d bytes too many in the %s".formatted(remaining(), what));
    }
  }

  private void require(long size, String what) throws Refused {
    if (size > remaining()) {
      throw Refused.malformed(
          "the %s wants %d bytes at %d, %d are left".formatted(what, size, at, remaining()));
    }
  }

  private int unsigned(int index) {
    return bytes.at(index) & 0xff;
  }
}
