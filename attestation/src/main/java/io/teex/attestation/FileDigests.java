package io.teex.attestation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The SHA-256 of files, each read once: remembered in memory and, if there is a place for it, from
 * one process to the next. A file is taken for unchanged if path, inode, size and time of change
 * are. That is good enough for the simulated TEE, whose word is worth no more than its directory,
 * and saves every role half a second of CPU at its start.
 */
final class FileDigests {
  private static final int READ_BYTES = 256 * 1024;
  private static final String SEPARATOR = "\t";

  private final Optional<Path> memory;
  private final Map<String, String> known = new ConcurrentHashMap<>();
  private volatile boolean changed;

  private FileDigests(Optional<Path> memory) {
    this.memory = memory;
  }

  /** Digests that are forgotten with this object. */
  static FileDigests inMemory() {
    return new FileDigests(Optional.empty());
  }

  /** Digests that {@code memory} keeps; one that cannot be read counts as empty. */
  static FileDigests rememberedIn(Path memory) {
    FileDigests digests = new FileDigests(Optional.of(memory));
    try {
      for (String line : Files.readAllLines(memory)) {
        int at = line.lastIndexOf(SEPARATOR);
        if (at > 0) {
          digests.known.put(line.substring(0, at), line.substring(at + 1));
        }
      }
    } catch (IOException e) {
      // It is made by the first save.
    }
    return digests;
  }

  byte[] of(Path file) throws IOException {
    String identity = identity(file);
    String remembered = known.get(identity);
    if (remembered != null) {
      try {
        return HexFormat.of().parseHex(remembered);
      } catch (IllegalArgumentException e) {
        // A damaged memory is no memory.
      }
    }
    byte[] digest = read(file);
    String earlier = file.toRealPath() + SEPARATOR;
    known.keySet().removeIf(other -> other.startsWith(earlier));
    known.put(identity, HexFormat.of().formatHex(digest));
    changed = true;
    return digest;
  }

  private static String identity(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return String.join(
        SEPARATOR,
        file.toRealPath().toString(),
        String.valueOf(attributes.fileKey()),
        String.valueOf(attributes.size()),
        attributes.lastModifiedTime().toInstant().toString());
  }

  private static byte[] read(Path file) throws IOException {
    MessageDigest digest = Digests.sha256();
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return digest.digest();
  }

  /**
   * Keeps what was learnt. Of several processes that save at once the last one wins; no harm is
   * done.
   */
  void save() {
    if (memory.isEmpty() || !changed) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(known)
        .forEach((identity, digest) ->
            lines.append(identity).append(SEPARATOR).append(digest).append('\n'));
    Path target = memory.get().toAbsolutePath();
    try {
      // createTempFile makes it readable by the owner only.
      Path next = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".next");
      Files.writeString(next, lines);
      Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // The next process reads the files again.
    }
  }
}
