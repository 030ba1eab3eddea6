package io.teex.executor;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The launcher of the JVM that the worker runs on, for processes that are Java themselves.
 *
 * @param parts jars or directories of classes
 */
record JavaProgram(Path home, Path java, List<Path> parts) {
  JavaProgram {
    parts = List.copyOf(parts);
  }

  /**
   * @param who needs it
   * @param classes one of each part of the class path
   * @throws TeexException {@code DEPENDENCY_MISSING} if this JVM has no launcher beside it
   */
  static JavaProgram require(String who, List<Class<?>> classes) {
    Path home = real(Path.of(System.getProperty("java.home")));
    Path java = home.resolve("bin/java");
    if (!Files.isExecutable(java)) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "%s needs the Java launcher of this runtime, there is no %s: run the "
                  .formatted(who, java)
              + "worker on a whole Java runtime, or set engine=v8");
    }
    Set<Path> parts = new LinkedHashSet<>();
    classes.forEach(each -> parts.add(origin(each)));
    return new JavaProgram(home, java, List.copyOf(parts));
  }

  private static Path origin(Class<?> part) {
    CodeSource source = part.getProtectionDomain().getCodeSource();
    try {
      return real(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no path: " + source.getLocation(), e);
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String classPath() {
    return parts.stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  /** The runtime, the class path, and what the launcher and {@code more} link with. */
  List<Engine.File> files(Path... more) {
    List<Engine.File> files = new ArrayList<>();
    Stream.concat(Stream.of(java, home.resolve("lib/server/libjvm.so")), Stream.of(more))
        .flatMap(binary -> Programs.librariesOf(binary).stream())
        .filter(library -> !library.startsWith(home))
        .distinct()
        .forEach(library -> files.add(Engine.File.same(library)));
    files.add(Engine.File.same(home));
    parts.forEach(part -> files.add(Engine.File.same(part)));
    return files;
  }

  /** The launcher finds its libraries beside itself through /proc, which is not there. */
  Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", home.resolve("lib").toString());
  }
}
