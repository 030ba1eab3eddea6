package io.teex.attestation.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Kernel files where they are mounted. */
final class DirectoryKernelFiles implements KernelFiles {
  private final Path root;

  DirectoryKernelFiles(Path root) {
    this.root = root;
  }

  @Override
  public boolean isDirectory(String path) {
    return Files.isDirectory(root.resolve(path));
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    Files.createDirectory(root.resolve(path));
  }

  @Override
  public void removeDirectory(String path) throws IOException {
    Files.delete(root.resolve(path));
  }

  @Override
  public void write(String path, byte[] value) throws IOException {
    // Neither created nor cut: these files are the kernel's. What one write takes is one value.
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
      int written = channel.write(ByteBuffer.wrap(value));
      if (written == 0) {
        throw wouldBlock();
      }
      if (written != value.length) {
        throw new IOException("%s took %d bytes of %d".formatted(path, written, value.length));
      }
    }
  }

  @Override
  public byte[] read(String path, int sizeMax) throws IOException {
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.READ)) {
      return read(channel, sizeMax);
    }
  }

  /** The JDK's own ways to read whole files believe the size, which such files do not tell. */
  static byte[] read(ReadableByteChannel channel, int sizeMax) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(sizeMax + 1);
    while (read.hasRemaining()) {
      int more = channel.read(read);
      if (more < 0) {
        break;
      }
      if (more == 0) {
        throw wouldBlock();
      }
    }
    return Arrays.copyOf(read.array(), read.position());
  }

  /** The JDK takes EWOULDBLOCK for no bytes now, which would be asked for again and again. */
  private static IOException wouldBlock() {
    return new IOException("Resource temporarily unavailable");
  }
}
