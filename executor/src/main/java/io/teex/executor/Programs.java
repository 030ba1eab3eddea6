package io.teex.executor;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs outside of the JVM that the executor needs: where they are, and if they will do. */
final class Programs {
  static final int NODE_MAJOR_MIN = 20;

  private static final Pattern NODE_VERSION = Pattern.compile("v(\\d+)\\.\\d+\\.\\d+.*");
  private static final Pattern LIBRARY = Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x.*$");
  private static final int OUTPUT_BYTES_MAX = 1 << 16;

  private Programs() {}

  /**
   * The absolute path of Node.js, at least version {@value #NODE_MAJOR_MIN}.
   *
   * @throws TeexException {@code DEPENDENCY_MISSING}
   */
  static Path requireNode(Path configured) {
    Path node =
        find(configured)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.DEPENDENCY_MISSING,
                    "Node.js is missing: no executable %s. Install Node.js %d or newer, or name it in executor.node"
                        .formatted(configured, NODE_MAJOR_MIN)));
    String version = output(List.of(node.toString(), "--version")).orElse("").strip();
    Matcher matcher = NODE_VERSION.matcher(version);
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < NODE_MAJOR_MIN) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "%s says it is version '%s'; the executor needs Node.js %d or newer"
              .formatted(node, version, NODE_MAJOR_MIN));
    }
    return node;
  }

  /**
   * The absolute path of bubblewrap.
   *
   * @throws TeexException {@code SANDBOX_MISSING}
   */
  static Path requireBubblewrap(Path configured) {
    return find(configured)
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.SANDBOX_MISSING,
                "bubblewrap is missing: no executable %s. Install it (apt-get install bubblewrap); "
                        .formatted(configured)
                    + "for development only, --no-os-sandbox runs without it"));
  }

  /**
   * Checks that the list of system calls is made for this machine.
   *
   * @param architecture as the JDK names it
   * @throws TeexException {@code SANDBOX_MISSING}
   */
  static void requireArchitecture(String architecture) {
    if (!architecture.equals(SeccompFilter.ARCHITECTURE)) {
      throw new TeexException(
          ErrorCode.SANDBOX_MISSING,
          "the sandbox's list of system calls is made for %s, this is %s: run workers on %s; "
                  .formatted(SeccompFilter.ARCHITECTURE, architecture, SeccompFilter.ARCHITECTURE)
              + "for development only, --no-os-sandbox runs without it");
    }
  }

  /** The shared libraries that a program loads, its loader included; empty for a static one. */
  static List<Path> librariesOf(Path program) {
    List<Path> libraries = new ArrayList<>();
    String listing = output(List.of("ldd", program.toString())).orElse("");
    for (String line : listing.lines().toList()) {
      Matcher matcher = LIBRARY.matcher(line);
      if (matcher.matches()) {
        libraries.add(Path.of(matcher.group(1)));
      }
    }
    return libraries;
  }

  private static Optional<Path> find(Path program) {
    if (program.getNameCount() > 1 || program.isAbsolute()) {
      return executable(program);
    }
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":")) {
      Optional<Path> found =
          directory.isEmpty() ? Optional.empty() : executable(Path.of(directory).resolve(program));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> executable(Path program) {
    try {
      // Inside the sandbox there are no links to follow.
      Path real = program.toRealPath();
      return Files.isRegularFile(real) && Files.isExecutable(real)
          ? Optional.of(real)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      try (InputStream out = process.getInputStream()) {
        byte[] bytes = out.readNBytes(OUTPUT_BYTES_MAX);
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
          return Optional.empty();
        }
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
