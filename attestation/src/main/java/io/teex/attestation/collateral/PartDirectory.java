package io.teex.attestation.collateral;

import io.teex.attestation.Collateral;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * Parts in a directory, each in a {@link CollateralFile} of its name. Several processes may share
 * it. A directory that fails costs requests and nothing else.
 */
final class PartDirectory implements PartArchive {
  private static final System.Logger LOG = System.getLogger(PartDirectory.class.getName());

  private final Path directory;

  PartDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Map<String, Bytes>> load(Part part) {
    Path file = file(part);
    try {
      return Files.isRegularFile(file)
          ? Optional.of(CollateralFile.read(file).documents())
          : Optional.empty();
    } catch (TeexException e) {
      LOG.log(System.Logger.Level.WARNING, "kept collateral is not used: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void save(Part part, Map<String, Bytes> documents) {
    try {
      Files.createDirectories(directory);
      Path next = Files.createTempFile(directory, "." + part.name(), ".next");
      try {
        Files.writeString(next, CollateralFile.write(new Collateral(documents)));
        Files.move(next, file(part), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
    } catch (IOException | TeexException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "collateral {0} cannot be kept in {1}: {2}",
          part.name(),
          directory,
          e.getMessage());
    }
  }

  private Path file(Part part) {
    return directory.resolve(part.name() + ".json");
  }
}
