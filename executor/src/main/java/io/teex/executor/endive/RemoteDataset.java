package io.teex.executor.endive;

import java.io.IOException;
import java.io.UncheckedIOException;
import run.endive.runtime.Memory;

/**
 * A data set that the worker has, and gives by range. Small reads are served from the block around
 * them, as {@code datasets.js} does: the worker counts the questions.
 */
final class RemoteDataset {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int RANGE_BYTES_MAX = 1 << 20;

  private final Pipe pipe;
  private final int index;
  private final long size;
  private byte[] block = new byte[0];
  private long blockAt;

  RemoteDataset(Pipe pipe, int index, long size) {
    this.pipe = pipe;
    this.index = index;
    this.size = size;
  }

  long size() {
    return size;
  }

  /** Copies a range that lies inside to where there is room for it. */
  void copyTo(Memory memory, int pointer, long offset, int length) {
    try {
      for (int at = 0; at < length; ) {
        at +=
            length - at >= BLOCK_BYTES
                ? copyRange(memory, pointer + at, offset + at, length - at)
                : copyOfBlock(memory, pointer + at, offset + at, length - at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The worker is gone, or speaks another language.
    }
  }

  private int copyRange(Memory memory, int pointer, long offset, int length) throws IOException {
    byte[] range = pipe.range(index, offset, Math.min(length, RANGE_BYTES_MAX));
    memory.write(pointer, range, 0, range.length);
    return range.length;
  }

  private int copyOfBlock(Memory memory, int pointer, long offset, int length) throws IOException {
    if (offset < blockAt || offset >= blockAt + block.length) {
      blockAt = offset - offset % BLOCK_BYTES;
      block = pipe.range(index, blockAt, (int) Math.min(BLOCK_BYTES, size - blockAt));
    }
    int from = (int) (offset - blockAt);
    int count = Math.min(length, block.length - from);
    memory.write(pointer, block, from, count);
    return count;
  }
}
