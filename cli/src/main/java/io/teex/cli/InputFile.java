package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what a person named on the command line. */
public final class InputFile {
  private static final long BYTES_MAX = 64L << 20;

  private InputFile() {}

  public static byte[] read(Path file) {
    try {
      long size = Files.size(file);
      if (size > BYTES_MAX) {
        throw new TeexException(
            ErrorCode.USAGE,
            "%s has %,d bytes; at most %,d are taken".formatted(file, size, BYTES_MAX));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }
}
