package io.teex.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A directory that nobody else may enter, for what executor processes read: an engine's script, and
 * the list of its system calls. Nothing secret is ever in it.
 */
final class WorkDirectory implements AutoCloseable {
  private final Path directory;

  private WorkDirectory(Path directory) {
    this.directory = directory;
  }

  static WorkDirectory create() {
    try {
      return new WorkDirectory(
          Files.createTempDirectory(
              "teex-executor-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory for the executor's files", e);
    }
  }

  Path write(String name, byte[] content) {
    try {
      return Files.write(directory.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the executor's files", e);
    }
  }

  Path copy(String name, InputStream content) {
    Path file = directory.resolve(name);
    try {
      Files.copy(content, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the executor's files", e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Nothing secret stays behind, and the next boot empties the directory of temporary files.
      System.getLogger(WorkDirectory.class.getName())
          .log(System.Logger.Level.DEBUG, "files left in " + directory, e);
    }
  }
}
