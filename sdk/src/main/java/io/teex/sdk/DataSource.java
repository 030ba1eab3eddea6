package io.teex.sdk;

import java.util.Arrays;

/** Data that is sealed part by part, so that it need not fit into memory. */
public interface DataSource {
  /** Bytes; the same at every call. */
  long size();

  /** Bytes that lie inside, in an array that the caller owns and overwrites. */
  byte[] read(long offset, int length);

  /** Data that is in memory; the array stays the caller's. */
  static DataSource of(byte[] content) {
    return new DataSource() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public byte[] read(long offset, int length) {
        int from = Math.toIntExact(offset);
        return Arrays.copyOfRange(content, from, from + length);
      }
    };
  }
}
