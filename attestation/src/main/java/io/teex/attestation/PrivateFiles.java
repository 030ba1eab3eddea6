package io.teex.attestation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may read, written whole or not at all. */
final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /** A new directory beside {@code target}, to be filled and moved there. */
  static Path newDirectoryBeside(Path target) throws IOException {
    Path parent = parent(target);
    Files.createDirectories(parent);
    return Files.createTempDirectory(parent, "." + target.getFileName(), OWNER_ONLY_DIRECTORY);
  }

  static void create(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), OWNER_ONLY)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  /** Replaces the file; after a crash there is either the old content or the new. */
  static void replace(Path file, byte[] content) throws IOException {
    Path parent = parent(file);
    Files.createDirectories(parent);
    Path next = parent.resolve("." + file.getFileName() + ".next");
    Files.deleteIfExists(next);
    create(next, content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(parent);
  }

  /**
   * Moves a filled directory to where it belongs, unless somebody else was first.
   *
   * @return whether it was moved
   */
  static boolean moveUnlessThere(Path directory, Path target) throws IOException {
    try {
      Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
      sync(parent(target));
      return true;
    } catch (FileSystemException e) {
      // rename(2) does not replace a directory that has something in it.
      if (Files.exists(target)) {
        return false;
      }
      throw e;
    }
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  /** Makes the names in a directory durable, as fsync(2) on it does. */
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
