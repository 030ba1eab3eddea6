package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.sdk.TaskPapers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The papers of tasks, in files that their owner alone can read: the salts in them are secret. */
final class PapersFile {
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private PapersFile() {}

  /** Where the papers of a task of this market lie. */
  static Path of(Path market, TaskId task) {
    return market.resolve("tasks").resolve(task.value().value().toHex() + ".papers");
  }

  static Path write(Path market, TaskPapers papers) {
    Path file = of(market, papers.task());
    Path directory = file.toAbsolutePath().getParent();
    try {
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
      }
      Files.deleteIfExists(file);
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_FILE));
      Files.write(file, papers.encode());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the task's papers cannot be kept in %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * @throws TeexException {@code USAGE} if there are none, or they are another task's
   */
  static TaskPapers read(Path file, TaskId task) {
    if (!Files.exists(file)) {
      throw new TeexException(
          ErrorCode.USAGE,
          "there are no papers %s: run keeps them where the task was ordered; name them with --papers"
              .formatted(file));
    }
    TaskPapers papers = decode(file);
    if (!papers.task().equals(task)) {
      throw new TeexException(
          ErrorCode.USAGE, "%s are the papers of task %s".formatted(file, papers.task()));
    }
    return papers;
  }

  private static TaskPapers decode(Path file) {
    byte[] content = InputFile.read(file);
    try {
      return TaskPapers.decode(content);
    } catch (TeexException e) {
      throw new TeexException(ErrorCode.USAGE, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
