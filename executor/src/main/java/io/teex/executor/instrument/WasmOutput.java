package io.teex.executor.instrument;

import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing binary module, or a part of one. */
final class WasmOutput {
  private byte[] bytes;
  private int size;

  WasmOutput(int expected) {
    bytes = new byte[Math.max(16, expected)];
  }

  int size() {
    return size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  void clear() {
    size = 0;
  }

  WasmOutput u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  WasmOutput u32(long value) {
    reserve(5);
    long rest = value;
    while (rest >= 0x80) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  WasmOutput signed(long value) {
    reserve(10);
    long rest = value;
    while (true) {
      int next = (int) (rest & 0x7f);
      rest >>= 7;
      if ((rest == 0 && (next & 0x40) == 0) || (rest == -1 && (next & 0x40) != 0)) {
        bytes[size++] = (byte) next;
        return this;
      }
      bytes[size++] = (byte) (next | 0x80);
    }
  }

  WasmOutput raw(byte[] source, int from, int to) {
    reserve(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
    return this;
  }

  WasmOutput raw(byte... source) {
    return raw(source, 0, source.length);
  }

  /** A vector of value types. */
  WasmOutput types(Bytes types) {
    return u32(types.size()).raw(types.copy());
  }

  WasmOutput name(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return u32(utf8.length).raw(utf8);
  }

  /** The content of {@code part}, preceded by its size. */
  WasmOutput sized(WasmOutput part) {
    return u32(part.size).raw(part.bytes, 0, part.size);
  }

  WasmOutput section(int id, WasmOutput content) {
    return u8(id).sized(content);
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
