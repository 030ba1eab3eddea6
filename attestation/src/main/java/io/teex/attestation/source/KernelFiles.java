package io.teex.attestation.source;

import java.io.IOException;

/**
 * Files behind which a kernel or a library works: reading and writing them has effects, and their
 * sizes are not known before. Paths are relative to where the kernel shows them, such as {@code
 * name/outblob}.
 */
interface KernelFiles {
  boolean isDirectory(String path);

  void makeDirectory(String path) throws IOException;

  void removeDirectory(String path) throws IOException;

  /** Writes the whole value at once, to a file that is there. */
  void write(String path, byte[] value) throws IOException;

  /**
   * Reads from one opening of the file to its end, or one byte more than {@code sizeMax}.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  byte[] read(String path, int sizeMax) throws IOException;
}
