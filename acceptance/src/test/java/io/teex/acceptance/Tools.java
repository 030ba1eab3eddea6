package io.teex.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Machines on which something is not installed. */
final class Tools {
  private Tools() {}

  /**
   * Fills a directory that, as PATH, finds all that this machine has but some commands.
   *
   * @return the directory
   */
  static Path without(Path directory, String... missing) throws IOException {
    Files.createDirectories(directory);
    for (String each : System.getenv("PATH").split(":")) {
      Path path = Path.of(each);
      if (!Files.isDirectory(path)) {
        continue;
      }
      try (Stream<Path> commands = Files.list(path)) {
        for (Path command : commands.toList()) {
          Path link = directory.resolve(command.getFileName());
          if (!List.of(missing).contains(link.getFileName().toString()) && !Files.exists(link)) {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, command);
          }
        }
      }
    }
    return directory;
  }
}
