package io.teex.worker;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The claims of a worker, a file each. A worker that starts again goes on with them, though its key
 * is another: whoever shows them may demand, and the pay goes to the payee that they name. Whoever
 * takes the files away takes the worker's own money; a file that was changed is no claim.
 */
final class ClaimBook {
  private static final String ENDING = ".claim";

  private final Path directory;
  private final Map<Bytes32, Claim> claims = new LinkedHashMap<>();

  private ClaimBook(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens what the last process left.
   *
   * @throws TeexException {@code USAGE} if nothing can be kept there
   */
  static ClaimBook open(Path directory, Domain domain, WorkerLog log) {
    ClaimBook book = new ClaimBook(directory);
    try {
      Files.createDirectories(directory);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).sorted().toList()) {
          book.load(file, domain, log);
        }
      }
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "no claims can be kept in %s (%s): choose a data directory that this user may write to"
              .formatted(directory, e),
          e);
    }
    return book;
  }

  private void load(Path file, Domain domain, WorkerLog log) throws IOException {
    try {
      Claim claim = Claim.decode(domain, Files.readAllBytes(file));
      claims.put(claim.id(), claim);
    } catch (TeexException e) {
      log.claimUnreadable(file, e);
    }
  }

  /** Keeps a claim; when it returns, a power cut does not lose it. */
  synchronized void keep(Claim claim) throws IOException {
    Path file = file(claim.id());
    Path fresh = directory.resolve(claim.id() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(claim.encode());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
    claims.put(claim.id(), claim);
  }

  synchronized void drop(Claim claim) throws IOException {
    Files.deleteIfExists(file(claim.id()));
    claims.remove(claim.id());
  }

  synchronized List<Claim> all() {
    return List.copyOf(claims.values());
  }

  private Path file(Bytes32 id) {
    return directory.resolve(id + ENDING);
  }
}
