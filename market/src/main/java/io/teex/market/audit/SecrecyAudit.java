package io.teex.market.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Measures who saw which secret: searches the disk, logs, recorded traffic and memory of every
 * party for known plaintext.
 *
 * <p>It shows presence, never absence for sure: a secret that was transformed beyond the searched
 * forms (see {@link Patterns}) is not found.
 */
public final class SecrecyAudit {
  private static final int BLOCK_BYTES = 1 << 20;

  /**
   * What one party saw.
   *
   * @param places for each kind of secret, where it was found first
   * @param bytesSearched over all its files and memory
   * @param unread what could not be searched, and why
   */
  public record Finding(
      Party party, Map<String, String> places, long bytesSearched, List<String> unread) {
    public Finding {
      places = Map.copyOf(places);
      unread = List.copyOf(unread);
    }

    public Set<String> seen() {
      return new TreeSet<>(places.keySet());
    }

    /** Kinds that this party saw but must not. */
    public Set<String> leaked() {
      Set<String> leaked = seen();
      leaked.removeAll(party.allowed());
      return leaked;
    }
  }

  private final Patterns patterns;

  public SecrecyAudit(List<Secret> secrets) {
    patterns = new Patterns(secrets);
  }

  public List<Finding> examine(List<Party> parties) {
    return parties.stream().map(this::examine).toList();
  }

  private Finding examine(Party party) {
    Search search = new Search();
    for (Path file : party.files()) {
      search.tree(file);
    }
    for (long pid : party.processes()) {
      search.process(pid);
    }
    return new Finding(party, search.places, search.bytes, search.unread);
  }

  private final class Search {
    private final Map<String, String> places = new LinkedHashMap<>();
    private final List<String> unread = new ArrayList<>();
    private final byte[] block = new byte[BLOCK_BYTES + patterns.overlap()];
    private long bytes;

    void tree(Path root) {
      if (!Files.exists(root)) {
        return;
      }
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(Files::isRegularFile).forEach(file -> file(file, file.toString()));
      } catch (IOException e) {
        unread.add(root + ": " + e.getMessage());
      }
    }

    void file(Path file, String place) {
      try (InputStream in = Files.newInputStream(file)) {
        stream(in, place);
      } catch (NoSuchFileException e) {
        // Removed in the meantime: nobody can read it any more.
      } catch (IOException e) {
        unread.add(place + ": " + e.getMessage());
      }
    }

    void process(long pid) {
      Path proc = Path.of("/proc", Long.toString(pid));
      file(proc.resolve("cmdline"), "arguments of process " + pid);
      file(proc.resolve("environ"), "environment of process " + pid);
      try {
        ProcessMemory.forEachRun(pid, in -> stream(in, "memory of process " + pid));
      } catch (IOException e) {
        unread.add("memory of process %d: %s".formatted(pid, e.getMessage()));
      }
    }

    private void stream(InputStream in, String place) throws IOException {
      int kept = 0;
      for (int n = in.readNBytes(block, kept, BLOCK_BYTES);
          n > 0;
          n = in.readNBytes(block, kept, BLOCK_BYTES)) {
        bytes += n;
        int length = kept + n;
        for (String kind : patterns.search(block, length)) {
          places.putIfAbsent(kind, place);
        }
        kept = Math.min(patterns.overlap(), length);
        System.arraycopy(block, length - kept, block, 0, kept);
      }
    }
  }
}
