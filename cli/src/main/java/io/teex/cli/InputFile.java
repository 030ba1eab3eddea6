package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads what a person named on the command line. */
public final class InputFile {
  private static final long BYTES_MAX = 64L << 20;

  private InputFile() {}

  /**
   * @throws TeexException {@code USAGE} that says what is wrong with the file
   */
  public static byte[] read(Path file) {
    if (Files.isDirectory(file)) {
      throw refused("%s is a directory, expected a file".formatted(file));
    }
    try {
      long size = Files.size(file);
      if (size > BYTES_MAX) {
        throw refused("%s has %,d bytes; at most %,d are taken".formatted(file, size, BYTES_MAX));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw refused(
          "there is no file %s; paths begin at %s".formatted(file, Path.of("").toAbsolutePath()));
    } catch (AccessDeniedException e) {
      throw refused("%s may not be read by this user".formatted(file));
    } catch (IOException e) {
      throw refused("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static TeexException refused(String what) {
    return new TeexException(ErrorCode.USAGE, what);
  }
}
