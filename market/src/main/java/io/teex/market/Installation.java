package io.teex.market;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where TEEX is installed: the jars, the class path of each role, and the npm packages.
 *
 * @param home the directory that holds {@code dist/} and {@code node_modules/}
 */
public record Installation(Path home) {
  public Installation {
    if (!Files.isDirectory(home.resolve("dist/roles"))) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "%s holds no built TEEX (dist/roles is missing): run ./teex setup".formatted(home));
    }
  }

  /** The installation that the {@code teex} script names in the system property teex.home. */
  public static Installation current() {
    return new Installation(
        Path.of(System.getProperty("teex.home", System.getProperty("user.dir"))).toAbsolutePath());
  }

  public Path nodeModules() {
    return home.resolve("node_modules");
  }

  public Path examples() {
    return home.resolve("examples");
  }

  /** The java launcher that this process runs on, used for the roles as well. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** A program of the machine's, by its real path. */
  static Optional<Path> findOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Installation::real);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The jars of a role, its own first: what its measurement covers, besides a worker's programs.
   */
  public List<Path> classPath(String module) {
    Path dist = home.resolve("dist");
    try {
      String dependencies = Files.readString(dist.resolve("roles").resolve(module + ".classpath"));
      return Stream.concat(
              Stream.of(ownJar(dist.resolve("lib"), module)),
              Arrays.stream(dependencies.strip().split(":")).map(dist::resolve))
          .toList();
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "the class path of %s cannot be read (%s): run ./teex setup"
              .formatted(module, e.getMessage()),
          e);
    }
  }

  static String joined(List<Path> classPath) {
    return classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static Path ownJar(Path lib, String module) throws IOException {
    try (Stream<Path> jars = Files.list(lib)) {
      return jars.filter(jar -> jar.getFileName().toString().matches(module + "-\\d.*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("no jar of " + module + " in " + lib));
    }
  }
}
