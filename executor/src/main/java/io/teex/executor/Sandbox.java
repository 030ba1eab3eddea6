package io.teex.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of an executor process: resource limits, then bubblewrap with namespaces of its
 * own for everything, then Node. What is readable inside is Node, its libraries and our scripts;
 * nothing is writable, there is no /proc, no /dev and no network. Nothing secret stands in it.
 */
final class Sandbox {
  private static final String SCRIPTS = "/executor";
  private static final String NODE = "/node";
  private static final String NOBODY = "65534";

  /** V8's own frames, the host functions' and the signal handlers' beside the metered stack. */
  private static final int STACK_RESERVE_BYTES = 4 << 20;

  /**
   * Not what bounds the process: V8 collects garbage at every growth of a guest's memory once that
   * is a good part of this, and a guest growing to 1 GiB then costs six seconds instead of 0.3.
   */
  private static final int JAVASCRIPT_HEAP_MEBIBYTES = 4096;

  private static final int OPEN_FILES_MAX = 64;

  private Sandbox() {}

  /**
   * @param scripts directory of the executor's scripts
   */
  static List<String> command(
      ExecutorConfig config, Path node, Path bubblewrap, List<Path> libraries, Path scripts) {
    List<String> command = new ArrayList<>(limited(config));
    command.add(bubblewrap.toString());
    command.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"));
    command.addAll(List.of("--unshare-uts", "--unshare-cgroup", "--disable-userns"));
    command.addAll(List.of("--new-session", "--die-with-parent", "--clearenv"));
    command.addAll(List.of("--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY));
    command.addAll(List.of("--hostname", "executor"));
    for (Path library : libraries) {
      command.addAll(List.of("--ro-bind", library.toString(), library.toString()));
    }
    command.addAll(List.of("--ro-bind", node.toString(), NODE));
    command.addAll(List.of("--ro-bind", scripts.toString(), SCRIPTS));
    command.addAll(List.of("--remount-ro", "/", "--chdir", "/", "--"));
    command.addAll(node(config, NODE, SCRIPTS));
    return List.copyOf(command);
  }

  /** The same without the walls of the operating system. */
  static List<String> openCommand(ExecutorConfig config, Path node, Path scripts) {
    List<String> command = new ArrayList<>(limited(config));
    command.addAll(node(config, node.toString(), scripts.toString()));
    return List.copyOf(command);
  }

  /** Limits that need no privilege: no core files, no files at all, bounded stack and memory. */
  private static List<String> limited(ExecutorConfig config) {
    long stackKibibytes = (config.stackBytesMax() + 2L * STACK_RESERVE_BYTES) >> 10;
    String script =
        "ulimit -c 0 && ulimit -f 0 && ulimit -n %d && ulimit -s %d && ulimit -d %d && exec \"$@\""
            .formatted(OPEN_FILES_MAX, stackKibibytes, config.processBytesMax() >> 10);
    return List.of("/bin/sh", "-c", script, "executor");
  }

  private static List<String> node(ExecutorConfig config, String node, String scripts) {
    return List.of(
        node,
        "--stack-size=" + ((config.stackBytesMax() + STACK_RESERVE_BYTES) >> 10),
        "--max-old-space-size=" + JAVASCRIPT_HEAP_MEBIBYTES,
        "--single-threaded-gc",
        "--disallow-code-generation-from-strings",
        "--expose-gc",
        "--no-addons",
        "--no-warnings",
        scripts + "/main.js");
  }
}
