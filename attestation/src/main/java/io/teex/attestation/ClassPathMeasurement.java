package io.teex.attestation;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The measurement of a role in the simulated TEE: SHA-384 over its main class and the sorted (name,
 * SHA-256) of everything on its class path. Where the files lie does not matter, what they hold and
 * are called does. A directory counts as the sorted (path, SHA-256) of the files in it.
 */
public final class ClassPathMeasurement {
  private static final byte[] LABEL = "TEEX-CLASS-PATH-1".getBytes(StandardCharsets.US_ASCII);

  private ClassPathMeasurement() {}

  /** What this process runs, by the class path it was started with. */
  public static Measurement ofThisProcess(Class<?> mainClass) {
    return of(mainClass.getName(), ownClassPath());
  }

  /**
   * What a process runs that is started as {@code java -cp classPath mainClass}.
   *
   * @throws TeexException {@code USAGE} if an entry of the class path is not there
   */
  public static Measurement of(String mainClass, List<Path> classPath) {
    return of(mainClass, classPath, FileDigests.inMemory());
  }

  static Measurement of(String mainClass, List<Path> classPath, FileDigests digests) {
    List<Entry> entries =
        classPath.stream().parallel().map(path -> Entry.of(path, digests)).sorted().toList();
    MessageDigest digest = Digests.sha384();
    digest.update(LABEL);
    updateWithLength(digest, mainClass);
    for (Entry entry : entries) {
      entry.update(digest);
    }
    return Measurement.of(digest.digest());
  }

  static List<Path> ownClassPath() {
    return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  private static void updateWithLength(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  /** A named content; not a record, since it would hold an array. */
  private static final class Entry implements Comparable<Entry> {
    private final String name;
    private final byte[] hash;

    private Entry(String name, byte[] hash) {
      this.name = name;
      this.hash = hash;
    }

    static Entry of(Path path, FileDigests digests) {
      Path name = path.toAbsolutePath().normalize().getFileName();
      try {
        byte[] hash = Files.isDirectory(path) ? hashDirectory(path) : digests.of(path);
        return new Entry(String.valueOf(name), hash);
      } catch (IOException e) {
        throw new TeexException(
            ErrorCode.USAGE, "class path entry %s cannot be measured".formatted(path), e);
      }
    }

    void update(MessageDigest digest) {
      updateWithLength(digest, name);
      digest.update(hash);
    }

    @Override
    public int compareTo(Entry other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : Arrays.compareUnsigned(hash, other.hash);
    }

    private static byte[] hashDirectory(Path directory) throws IOException {
      FileDigests digests = FileDigests.inMemory();
      MessageDigest digest = Digests.sha256();
      try (Stream<Path> files = Files.walk(directory)) {
        files
            .filter(Files::isRegularFile)
            .map(file -> inside(directory, file, digests))
            .sorted()
            .forEach(entry -> entry.update(digest));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      return digest.digest();
    }

    private static Entry inside(Path directory, Path file, FileDigests digests) {
      try {
        String name = directory.relativize(file).toString().replace(File.separatorChar, '/');
        return new Entry(name, digests.of(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
