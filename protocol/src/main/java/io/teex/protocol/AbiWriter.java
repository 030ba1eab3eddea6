package io.teex.protocol;

import java.util.Arrays;

/** A growing buffer of ABI words in which an earlier word can be filled in later. */
final class AbiWriter {
  private byte[] buffer = new byte[512];
  private int size;

  int size() {
    return size;
  }

  void word(byte[] word) {
    append(word, Words.SIZE);
  }

  void wordAt(int offset, byte[] word) {
    System.arraycopy(word, 0, buffer, offset, Words.SIZE);
  }

  /** Appends bytes and zeros up to the next word. */
  void padded(byte[] bytes) {
    append(bytes, bytes.length + Words.padding(bytes.length));
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  private void append(byte[] bytes, int length) {
    int end = Math.addExact(size, length);
    if (end > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(end, Math.multiplyExact(buffer.length, 2)));
    }
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size = end;
  }
}
