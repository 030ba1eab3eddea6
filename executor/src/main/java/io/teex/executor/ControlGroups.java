package io.teex.executor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The control groups of executor processes, where the worker may make some: of the first version
 * below its own group; of the second beside it, since a group with processes has no groups below.
 * Where it may not, resource limits alone bound a process.
 */
final class ControlGroups {
  private static final Path MOUNT = Path.of("/sys/fs/cgroup");
  private static final Path OWN = Path.of("/proc/self/cgroup");

  /** Of every group of ours; behind it stands the worker's process id. */
  private static final String NAME = "teex-executor-";

  private static final Duration RETRY = Duration.ofMillis(20);
  private static final int RETRIES_MAX = 500;

  /** Beyond the engine's own: compilers, collectors and helpers. */
  private static final int THREADS_MAX = 128;

  /** Where groups can be made, and how they are limited there. */
  sealed interface Parent {
    Path directory();

    void limit(Path group, long memoryBytes, int threadsMax) throws IOException;

    /** Of the first version, for memory. */
    record Memory(Path directory) implements Parent {
      @Override
      public void limit(Path group, long memoryBytes, int threadsMax) throws IOException {
        write(group, "memory.limit_in_bytes", memoryBytes);
      }
    }

    /** Of the first version, for threads. */
    record Threads(Path directory) implements Parent {
      @Override
      public void limit(Path group, long memoryBytes, int threadsMax) throws IOException {
        write(group, "pids.max", threadsMax);
      }
    }

    /** Of the second version, for both. */
    record Unified(Path directory) implements Parent {
      @Override
      public void limit(Path group, long memoryBytes, int threadsMax) throws IOException {
        write(group, "memory.max", memoryBytes);
        write(group, "pids.max", threadsMax);
      }
    }

    private static void write(Path group, String file, long value) throws IOException {
      Files.writeString(group.resolve(file), Long.toString(value));
    }
  }

  private final List<Parent> parents;
  private final long memoryBytes;
  private final String prefix;
  private final AtomicLong created = new AtomicLong();

  private ControlGroups(List<Parent> parents, long memoryBytes) {
    this.parents = parents;
    this.memoryBytes = memoryBytes;
    this.prefix = "%s%d-%x-".formatted(NAME, ProcessHandle.current().pid(), hashCode());
  }

  /** Those of this machine. */
  static ControlGroups of(long memoryBytes) {
    List<Parent> found;
    try {
      found = parents(Files.readAllLines(OWN), MOUNT);
    } catch (IOException e) {
      found = List.of();
    }
    sweep(found);
    ControlGroups groups = new ControlGroups(found, memoryBytes);
    return groups.work() ? groups : new ControlGroups(List.of(), memoryBytes);
  }

  /**
   * @param own the lines of {@code /proc/self/cgroup}: number, controllers, path
   */
  static List<Parent> parents(List<String> own, Path mount) {
    List<Parent> parents = new ArrayList<>();
    for (String line : own) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3) {
        Path path = Path.of("/").relativize(Path.of(parts[2]));
        switch (parts[1]) {
          case "memory" -> parents.add(new Parent.Memory(mount.resolve("memory").resolve(path)));
          case "pids" -> parents.add(new Parent.Threads(mount.resolve("pids").resolve(path)));
          default -> {}
        }
      }
    }
    if (parents.isEmpty()) {
      own.stream()
          .filter(line -> line.startsWith("0::/") && line.length() > 4)
          .map(line -> mount.resolve(line.substring(4)).getParent())
          .filter(ControlGroups::delegates)
          .forEach(parent -> parents.add(new Parent.Unified(parent)));
    }
    return List.copyOf(parents);
  }

  private static boolean delegates(Path parent) {
    try {
      List<String> controllers =
          List.of(Files.readString(parent.resolve("cgroup.subtree_control")).strip().split(" "));
      return controllers.containsAll(List.of("memory", "pids"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a process can enter a group: it may be that it can be made and no more. */
  private boolean work() {
    try {
      ControlGroup group = create();
      ProcessBuilder trial =
          new ProcessBuilder("/bin/sh", "-c", Sandbox.ENTER_GROUPS)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      trial.environment().put(Sandbox.GROUPS, group.names());
      int entered = trial.start().waitFor();
      end(group);
      return entered == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether processes' memory is bounded as a whole. */
  boolean boundMemory() {
    return parents.stream().anyMatch(each -> !(each instanceof Parent.Threads));
  }

  /** A group for one process. */
  ControlGroup create() throws IOException {
    String name = prefix + created.getAndIncrement();
    return ControlGroup.create(parents, name, memoryBytes, THREADS_MAX);
  }

  /**
   * Removes the groups of a process that has ended; what it had started may take a moment longer.
   */
  void end(ControlGroup group) {
    end(group, RETRIES_MAX);
  }

  private static void end(ControlGroup group, int retries) {
    if (!group.remove() && retries > 0) {
      CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> end(group, retries - 1));
    }
  }

  /** Removes the groups of workers that ended before they could. */
  static void sweep(List<Parent> parents) {
    for (Parent parent : parents) {
      try (DirectoryStream<Path> groups =
          Files.newDirectoryStream(parent.directory(), NAME + "*")) {
        for (Path group : groups) {
          if (isStale(String.valueOf(group.getFileName()))) {
            new ControlGroup(List.of(group)).remove();
          }
        }
      } catch (IOException e) {
        // Then this worker makes none there either.
      }
    }
  }

  private static boolean isStale(String name) {
    Matcher matcher = Pattern.compile(NAME + "(\\d{1,18})-.*").matcher(name);
    return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
  }
}
