package io.teex.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The executor's scripts, written from the jar into a directory that nobody else may enter. */
final class Scripts implements AutoCloseable {
  private static final List<String> NAMES =
      List.of(
          "main.js",
          "pipe.js",
          "run.js",
          "guest.js",
          "arguments.js",
          "log.js",
          "outcome.js",
          "datasets.js",
          "teex.js",
          "wasi.js",
          "random.js");

  private final Path directory;

  private Scripts(Path directory) {
    this.directory = directory;
  }

  static Scripts extract() {
    try {
      Path directory =
          Files.createTempDirectory(
              "teex-executor-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (String name : NAMES) {
        try (InputStream script = Scripts.class.getResourceAsStream("v8/" + name)) {
          if (script == null) {
            throw new IllegalStateException("the jar lacks the script " + name);
          }
          Files.copy(script, directory.resolve(name));
        }
      }
      return new Scripts(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the executor's scripts", e);
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    try {
      for (String name : NAMES) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // Nothing secret stays behind, and the next boot empties the directory of temporary files.
      System.getLogger(Scripts.class.getName())
          .log(System.Logger.Level.DEBUG, "scripts left in " + directory, e);
    }
  }
}
