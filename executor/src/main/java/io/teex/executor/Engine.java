package io.teex.executor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A WebAssembly engine as a program of its own, as the walls have to know it. The program speaks
 * {@link Frames} over its standard input and output, names itself in its first frame, and counts
 * fuel and output as every other engine does.
 */
interface Engine {
  /**
   * @param host where it is outside
   * @param inside where the engine finds it, behind the walls
   */
  record File(Path host, Path inside) {
    static File same(Path path) {
      return new File(path, path);
    }
  }

  /** The programs that see what guests see, for the worker's measurement; real paths. */
  List<Path> programs();

  /** All that is readable inside; nothing is writable but {@link #scratch}. */
  List<File> files();

  /** An empty directory of one page of memory, for an engine that does not start without. */
  default Optional<Path> scratch() {
    return Optional.empty();
  }

  /** All of the environment behind the walls. */
  default Map<String, String> environment() {
    return Map.of();
  }

  /** The command line behind the walls. */
  List<String> command();

  /** The command line without walls. */
  List<String> openCommand();

  /** What it needs of the kernel. */
  SeccompFilter systemCalls();
}
