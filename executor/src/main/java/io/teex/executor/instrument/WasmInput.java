package io.teex.executor.instrument;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A cursor over a range of a module. Every read is bounded by the range and every integer by its
 * encoding, so that whatever the bytes are, the worst that happens is {@code INVALID_MODULE}.
 */
final class WasmInput {
  private final byte[] bytes;
  private final int end;
  private int at;

  WasmInput(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  static TeexException malformed(String message) {
    return new TeexException(ErrorCode.INVALID_MODULE, "not an acceptable module: " + message);
  }

  int position() {
    return at;
  }

  boolean hasMore() {
    return at < end;
  }

  int peek() {
    require(1);
    return bytes[at] & 0xff;
  }

  int u8() {
    require(1);
    return bytes[at++] & 0xff;
  }

  /** A LEB128 of at most 32 bits. */
  long u32() {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7f) << shift;
      if ((next & 0x80) == 0) {
        if (value > 0xffff_ffffL) {
          throw malformed("integer above 32 bits at byte " + at);
        }
        return value;
      }
    }
    throw malformed("integer too long at byte " + at);
  }

  /** A LEB128 that may not exceed {@code max}; {@code what} names it in the refusal. */
  int count(String what, int max) {
    long value = u32();
    if (value > max) {
      throw malformed("%d %s, at most %d are allowed".formatted(value, what, max));
    }
    return (int) value;
  }

  /** A signed LEB128 of at most {@code bits} bits (32, 33 or 64). */
  long signed(int bits) {
    long value = 0;
    int shift = 0;
    while (true) {
      int next = u8();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
      if ((next & 0x80) == 0) {
        if (shift < 64 && (next & 0x40) != 0) {
          value |= -1L << shift;
        }
        return value;
      }
      if (shift >= bits) {
        throw malformed("integer too long at byte " + at);
      }
    }
  }

  void skip(long count) {
    require(count);
    at += (int) count;
  }

  /** A range of {@code size} bytes from here on; the cursor moves behind it. */
  WasmInput slice(long size) {
    require(size);
    WasmInput slice = new WasmInput(bytes, at, at + (int) size);
    at += (int) size;
    return slice;
  }

  String name(int bytesMax) {
    int size = count("bytes of a name", bytesMax);
    require(size);
    try {
      String name =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, size)).toString();
      at += size;
      return name;
    } catch (CharacterCodingException e) {
      throw malformed("name at byte %d is not UTF-8".formatted(at));
    }
  }

  /** The byte that ends this range, for slices. */
  int end() {
    return end;
  }

  private void require(long count) {
    if (count > end - at) {
      throw malformed(
          String.format(Locale.ROOT, "ends at byte %d where %d more are needed", end, count));
    }
  }
}
