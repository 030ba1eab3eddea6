package io.teex.cli.guest;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A project to begin with, for each language that has a guest kit. */
public enum Template {
  C,
  CPP,
  RUST,
  ASSEMBLYSCRIPT,
  PYTHON;

  /** What its tools leave behind, and a provider makes anew. */
  private static final List<String> LEFT_OUT = List.of("node_modules", "target");

  /**
   * Copies the project.
   *
   * @param examples where TEEX's examples are
   * @param target not there yet, or an empty directory
   * @return the files, relative to {@code target}
   * @throws TeexException {@code ALREADY_EXISTS}, or {@code USAGE} if nothing can be written there
   */
  public List<Path> copyTo(Path examples, Path target) {
    Path source = examples.resolve("templates").resolve(name().toLowerCase(Locale.ROOT));
    requireEmpty(target);
    List<Path> copied = new ArrayList<>();
    // Templates link to what they share; a project gets a copy of its own.
    try (Stream<Path> files = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Path relative = source.relativize(file);
        if (LEFT_OUT.stream().anyMatch(name -> relative.startsWith(name))) {
          continue;
        }
        Path to = target.resolve(relative.toString());
        Files.createDirectories(parent(to));
        Files.copy(file, to);
        if (Files.isExecutable(file) && !to.toFile().setExecutable(true)) {
          throw new IOException("%s cannot be made executable".formatted(to));
        }
        copied.add(relative);
      }
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "the project cannot be written to %s: %s".formatted(target, e.getMessage()),
          e);
    }
    return copied;
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException("a copied file lies in its project");
    }
    return parent;
  }

  private static void requireEmpty(Path target) {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> inside = Files.list(target)) {
      if (inside.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s is no directory; name another".formatted(target), e);
    }
    throw new TeexException(
        ErrorCode.ALREADY_EXISTS, "%s is not empty; name another directory".formatted(target));
  }
}
