package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.Arrays;

/** Writes big-endian numbers and byte strings into a growing array. */
final class ByteWriter {
  private byte[] buffer;
  private int size;

  ByteWriter(int expected) {
    this.buffer = new byte[expected];
  }

  int size() {
    return size;
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer, size);
  }

  ByteWriter u8(int value) {
    reserve(1);
    buffer[size++] = (byte) value;
    return this;
  }

  ByteWriter u32(int value) {
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  ByteWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  /** The bytes alone, for what has a known size. */
  ByteWriter raw(Bytes value) {
    reserve(value.size());
    size += value.copyTo(buffer, size);
    return this;
  }

  ByteWriter raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  /** The size and the bytes. */
  ByteWriter sized(Bytes value) {
    return u32(value.size()).raw(value);
  }

  ByteWriter sized(byte[] value) {
    return u32(value.length).raw(value);
  }

  private void reserve(int count) {
    if (buffer.length - size < count) {
      buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, count), buffer.length * 2));
    }
  }
}
