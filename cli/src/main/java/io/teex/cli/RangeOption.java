package io.teex.cli;

import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetShape;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a file is licensed, and how the file is cut. */
final class RangeOption {
  @Option(
      names = "--from",
      paramLabel = "BYTE",
      converter = Numbers.Offset.class,
      defaultValue = "0",
      description = "Where the licensed range begins; a multiple of the chunk size.")
  private long from;

  @Option(
      names = "--to",
      paramLabel = "BYTE",
      converter = Numbers.Offset.class,
      description = "Behind its last byte, likewise (default: the end).")
  private @Nullable Long to;

  @Option(
      names = "--chunk-bytes",
      converter = Numbers.ChunkBytes.class,
      defaultValue = "65536",
      description = "What is fetched at a time: a power of two (default ${DEFAULT-VALUE}).")
  private int chunkBytes;

  int chunkBytes() {
    return chunkBytes;
  }

  /**
   * @param size of the file
   * @throws TeexException {@code USAGE} if there is no such range
   */
  ChunkRange within(long size) {
    try {
      return new DatasetShape(size, chunkBytes).range(from, to == null ? size : to);
    } catch (TeexException e) {
      throw new TeexException(ErrorCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
