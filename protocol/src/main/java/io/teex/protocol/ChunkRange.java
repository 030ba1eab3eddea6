package io.teex.protocol;

/**
 * Some chunks of a data set, next to each other.
 *
 * @param from the first
 * @param to the one behind the last
 */
public record ChunkRange(int from, int to) {
  public ChunkRange {
    if (from < 0 || to <= from) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "chunks %d to %d are no range: it begins at 0 or later and holds one chunk at least"
              .formatted(from, to));
    }
  }

  public boolean contains(int chunk) {
    return chunk >= from && chunk < to;
  }

  public boolean contains(ChunkRange other) {
    return other.from >= from && other.to <= to;
  }

  @Override
  public String toString() {
    return "[%d, %d)".formatted(from, to);
  }
}
