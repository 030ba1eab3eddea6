package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a person wants an answer to go. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Asked before the answer is paid for.
   *
   * @throws TeexException {@code USAGE} if it is plain that nothing can be written there
   */
  static void requireWritable(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(file)) {
      throw refused("%s is a directory, expected a file".formatted(file));
    }
    if (!Files.isDirectory(directory)) {
      throw refused("%s is not there, so nothing can be written to %s".formatted(directory, file));
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw refused("%s may not be written by this user".formatted(file));
    }
  }

  /**
   * @throws TeexException {@code USAGE}
   */
  static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw refused("%s cannot be written: %s".formatted(file, e.getMessage()));
    }
  }

  private static TeexException refused(String what) {
    return new TeexException(ErrorCode.USAGE, what + "; name another with --output");
  }
}
