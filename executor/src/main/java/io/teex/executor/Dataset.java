package io.teex.executor;

import io.teex.protocol.SecretBytes;

/**
 * A data set that a guest reads by range, so that no more of it is in the clear than was asked for.
 * It belongs to one task and is used by one thread at a time; none uses it once the task has ended.
 */
public interface Dataset extends AutoCloseable {
  /** Of every data set: the guest's side counts in doubles, which are exact so far and beyond. */
  long BYTES_MAX = 1L << 50;

  /** Of one range. */
  int RANGE_BYTES_MAX = 1 << 20;

  /** Bytes, at most {@link #BYTES_MAX}; the same at every call. */
  long size();

  /**
   * A range that lies inside; the caller clears it. A blocking call heeds interrupts.
   *
   * @param length positive, at most {@link #RANGE_BYTES_MAX}
   * @throws io.teex.protocol.TeexException if the data cannot be had or is not what it should be:
   *     the task then ends without a result
   */
  SecretBytes read(long offset, int length);

  /** Overwrites what of it is in memory. */
  @Override
  void close();

  /** One that is in memory as a whole; it owns the bytes. */
  static Dataset of(SecretBytes bytes) {
    return new MemoryDataset(bytes);
  }
}
