package io.teex.attestation;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The last decisions of a node, each a file in one directory that only its owner may read: {@code
 * 0000000042-refused.json}. The oldest go when there are too many or they take too much room. Safe
 * for use by several threads.
 */
public final class DecisionLog {
  /** A file is never longer: 13 documents and evidence in Base64 stay far below. */
  static final int FILE_SIZE_MAX = 8 << 20;

  private static final Pattern NAME = Pattern.compile("(\\d{10})-(accepted|refused)\\.json");

  /**
   * How much is kept.
   *
   * @param files at most so many
   * @param bytes of all of them together
   */
  public record Bounds(int files, long bytes) {
    public static final Bounds DEFAULT = new Bounds(1_000, 64L << 20);

    public Bounds {
      if (files < 1 || bytes < 1) {
        throw new IllegalArgumentException("a log keeps something, not %d files".formatted(files));
      }
    }
  }

  private record Entry(Path file, long bytes) {}

  private final Path directory;
  private final Bounds bounds;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private long next;

  private DecisionLog(Path directory, Bounds bounds) {
    this.directory = directory;
    this.bounds = bounds;
  }

  /** Continues the log in a directory, which is made if it is not there. */
  public static DecisionLog open(Path directory, Bounds bounds) {
    DecisionLog log = new DecisionLog(directory, bounds);
    try {
      Files.createDirectories(directory);
      for (Path file : files(directory)) {
        log.add(file);
      }
      log.rotate();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the decisions in %s cannot be listed".formatted(directory), e);
    }
    return log;
  }

  /** Keeps one more, durably, and returns its file. */
  public synchronized Path append(Decision.Recorded recorded) {
    boolean accepted = recorded.decision().outcome().accepted();
    Path file =
        directory.resolve("%010d-%s.json".formatted(next, accepted ? "accepted" : "refused"));
    try {
      PrivateFiles.create(file, recorded.toJson().getBytes(StandardCharsets.UTF_8));
      add(file);
      rotate();
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be written".formatted(file), e);
    }
    return file;
  }

  /** What is kept, oldest first. */
  public synchronized List<Path> files() {
    return entries.stream().map(Entry::file).toList();
  }

  /**
   * @throws TeexException {@code USAGE} if the file cannot be read, {@code MALFORMED} or {@code
   *     SIGNATURE_INVALID} if it holds no decision
   */
  public static Decision.Recorded read(Path file) {
    try {
      if (Files.size(file) > FILE_SIZE_MAX) {
        throw new TeexException(
            ErrorCode.MALFORMED, "%s is larger than any decision".formatted(file));
      }
      return Decision.Recorded.parse(Files.readString(file));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "decision %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> number(file).isPresent()).sorted().toList();
    }
  }

  private static Optional<Long> number(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? Optional.of(Long.parseLong(name.group(1))) : Optional.empty();
  }

  private void add(Path file) throws IOException {
    long size = Files.size(file);
    entries.addLast(new Entry(file, size));
    bytes += size;
    next = number(file).orElseThrow() + 1;
  }

  /** The newest stays, however large it is. */
  private void rotate() throws IOException {
    while (entries.size() > 1 && (entries.size() > bounds.files() || bytes > bounds.bytes())) {
      Entry oldest = entries.removeFirst();
      bytes -= oldest.bytes();
      try {
        Files.delete(oldest.file());
      } catch (NoSuchFileException e) {
        // Somebody tidied up by hand.
      }
    }
  }
}
