package io.teex.protocol;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads ABI words from front to back. It accepts only the one encoding that the writer makes:
 * offsets must point to where reading has arrived, so nothing is read twice, skipped or shared.
 */
final class AbiReader {
  private final byte[] data;
  private int position;

  AbiReader(byte[] data) {
    this.data = data;
  }

  int position() {
    return position;
  }

  int remaining() {
    return data.length - position;
  }

  byte[] word() {
    return take(Words.SIZE);
  }

  /** A length or an offset, which can be no larger than the data. */
  int length(String what) {
    BigInteger value = Words.toUint(word());
    if (value.bitLength() > 31 || value.intValue() > data.length) {
      throw malformed("%s %s in %d bytes of data".formatted(what, value, data.length));
    }
    return value.intValue();
  }

  byte[] padded(int size) {
    byte[] value = take(size);
    int padding = Words.padding(size);
    byte[] zeros = take(padding);
    if (!Words.isZero(zeros, 0, padding)) {
      throw malformed("padding that is not zero");
    }
    return value;
  }

  void end() {
    if (remaining() != 0) {
      throw malformed("%d bytes after the end".formatted(remaining()));
    }
  }

  private byte[] take(int size) {
    if (size > remaining()) {
      throw malformed("expected %d more bytes, got %d".formatted(size, remaining()));
    }
    byte[] taken = Arrays.copyOfRange(data, position, position + size);
    position += size;
    return taken;
  }

  static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "typed data: " + what);
  }
}
