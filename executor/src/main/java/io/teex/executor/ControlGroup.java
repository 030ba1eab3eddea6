package io.teex.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The kernel's account of one executor process: how much memory it may use, everything included,
 * and how many threads it may have. Beyond the first the kernel ends it, which is an engine
 * failure.
 *
 * @param directories of its groups, one for each hierarchy
 */
record ControlGroup(List<Path> directories) {
  ControlGroup {
    directories = List.copyOf(directories);
  }

  /** Creates groups of this name with their limits below {@code parents}. */
  static ControlGroup create(
      List<ControlGroups.Parent> parents, String name, long memoryBytes, int threadsMax)
      throws IOException {
    List<Path> created = new ArrayList<>();
    try {
      for (ControlGroups.Parent parent : parents) {
        Path group = Files.createDirectory(parent.directory().resolve(name));
        created.add(group);
        parent.limit(group, memoryBytes, threadsMax);
      }
      return new ControlGroup(created);
    } catch (IOException e) {
      new ControlGroup(created).remove();
      throw e;
    }
  }

  /** As {@link Sandbox#GROUPS} wants it. */
  String names() {
    return directories.stream().map(Path::toString).collect(Collectors.joining(" "));
  }

  /** Whether the groups are gone, which they can be only when nothing runs in them any more. */
  boolean remove() {
    boolean gone = true;
    for (Path directory : directories) {
      try {
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        gone = false;
      }
    }
    return gone;
  }
}
