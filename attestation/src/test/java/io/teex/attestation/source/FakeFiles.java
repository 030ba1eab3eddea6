package io.teex.attestation.source;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Files of a kernel that can be read, and take what is written to them without a change. */
final class FakeFiles implements KernelFiles {
  private final Map<String, Bytes> files = new HashMap<>();

  FakeFiles with(String path, Bytes content) {
    files.put(path, content);
    return this;
  }

  @Override
  public boolean isDirectory(String path) {
    return path.isEmpty();
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    throw new IOException("read-only");
  }

  @Override
  public void removeDirectory(String path) throws IOException {
    throw new IOException("read-only");
  }

  @Override
  public void write(String path, byte[] value) throws IOException {
    find(path);
  }

  @Override
  public byte[] read(String path, int sizeMax) throws IOException {
    byte[] content = find(path).copy();
    return Arrays.copyOf(content, Math.min(content.length, sizeMax + 1));
  }

  private Bytes find(String path) throws NoSuchFileException {
    Bytes content = files.get(path);
    if (content == null) {
      throw new NoSuchFileException(path);
    }
    return content;
  }
}
