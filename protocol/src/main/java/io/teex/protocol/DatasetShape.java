package io.teex.protocol;

/**
 * How a data set is cut: into chunks of equal size, the last of what is left.
 *
 * @param size bytes of the data; a data set has one at least
 * @param chunkBytes a power of two, {@value #CHUNK_BYTES_MIN} to {@value #CHUNK_BYTES_MAX}: what a
 *     reader fetches at a time, and where ranges may begin and end
 */
public record DatasetShape(long size, int chunkBytes) {
  public static final int CHUNK_BYTES = 64 * 1024;
  public static final int CHUNK_BYTES_MIN = 1024;

  /** A sealed chunk is then one block of a blob store, whose CID is its hash. */
  public static final int CHUNK_BYTES_MAX = 512 * 1024;

  /** So that an index, 32 bytes a chunk, is one blob. */
  public static final int CHUNKS_MAX = 1 << 20;

  public DatasetShape {
    if (chunkBytes < CHUNK_BYTES_MIN
        || chunkBytes > CHUNK_BYTES_MAX
        || Integer.bitCount(chunkBytes) != 1) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "chunks of %d bytes, expected a power of two from %d to %d"
              .formatted(chunkBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX));
    }
    if (size < 1 || size > (long) chunkBytes * CHUNKS_MAX) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "a data set of %,d bytes in chunks of %,d, expected 1 to %,d bytes"
              .formatted(size, chunkBytes, (long) chunkBytes * CHUNKS_MAX));
    }
  }

  public int chunks() {
    return (int) ((size + chunkBytes - 1) / chunkBytes);
  }

  /** All of it. */
  public ChunkRange whole() {
    return new ChunkRange(0, chunks());
  }

  /**
   * The chunks that hold the bytes from {@code from} to {@code to}.
   *
   * @throws TeexException {@code MALFORMED} if a chunk would have to be cut, or there are no such
   *     bytes
   */
  public ChunkRange range(long from, long to) {
    if (from < 0 || to <= from || to > size) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "no bytes %,d to %,d in a data set of %,d bytes".formatted(from, to, size));
    }
    if (from % chunkBytes != 0 || (to % chunkBytes != 0 && to != size)) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "bytes %,d to %,d cut a chunk: a range begins and ends at multiples of %,d, or at the end"
              .formatted(from, to, chunkBytes));
    }
    return new ChunkRange((int) (from / chunkBytes), (int) ((to + chunkBytes - 1) / chunkBytes));
  }

  /** Bytes of data in one chunk. */
  public int chunkSize(int chunk) {
    return (int) Math.min(chunkBytes, size - (long) chunk * chunkBytes);
  }

  /** Bytes of data in the chunks of a range. */
  public long size(ChunkRange range) {
    return Math.min(size, (long) range.to() * chunkBytes) - (long) range.from() * chunkBytes;
  }

  /** Levels between the root of the key tree and its leaves, one for each chunk. */
  int depth() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(chunks() - 1);
  }
}
