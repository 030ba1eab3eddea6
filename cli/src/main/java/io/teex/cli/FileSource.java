package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.sdk.DataSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is sealed part by part. */
final class FileSource implements DataSource, AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final long size;

  private FileSource(Path file, FileChannel channel, long size) {
    this.file = file;
    this.channel = channel;
    this.size = size;
  }

  /**
   * @throws TeexException {@code USAGE} that says what is wrong with the file
   */
  static FileSource open(Path file) {
    if (Files.isDirectory(file)) {
      throw refused("%s is a directory, expected a file".formatted(file));
    }
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return new FileSource(file, channel, channel.size());
    } catch (NoSuchFileException e) {
      throw refused(
          "there is no file %s; paths begin at %s".formatted(file, Path.of("").toAbsolutePath()));
    } catch (IOException e) {
      throw refused("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public byte[] read(long offset, int length) {
    ByteBuffer part = ByteBuffer.allocate(length);
    try {
      while (part.hasRemaining()) {
        if (channel.read(part, offset + part.position()) < 0) {
          throw new EOFException("it became shorter meanwhile");
        }
      }
    } catch (IOException e) {
      throw refused("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
    return part.array();
  }

  private static TeexException refused(String what) {
    return new TeexException(ErrorCode.USAGE, what);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw refused("%s cannot be closed: %s".formatted(file, e.getMessage()));
    }
  }
}
