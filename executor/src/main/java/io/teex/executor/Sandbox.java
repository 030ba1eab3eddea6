package io.teex.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of an executor process: its control groups, resource limits, then bubblewrap
 * with namespaces of its own for everything and a list of system calls, then the engine. What is
 * readable inside is the engine, its libraries and our part of it; nothing is writable, there is no
 * /proc, no /dev and no network. Nothing secret stands in it.
 */
final class Sandbox {
  /** Environment of the process that starts: groups to enter, separated by blanks. */
  static final String GROUPS = "TEEX_GROUPS";

  /** What a process does first, in a shell. */
  static final String ENTER_GROUPS =
      "for group in $%s; do echo $$ >\"$group/cgroup.procs\" || exit 1; done".formatted(GROUPS);

  private static final String NOBODY = "65534";
  private static final int FILTER_DESCRIPTOR = 9;
  private static final int OPEN_FILES_MAX = 64;

  /** The engine's own frames beside the guest's metered stack, on whatever thread. */
  private static final int STACK_RESERVE_BYTES = 8 << 20;

  private Sandbox() {}

  /**
   * @param filter the file that holds the engine's system calls
   */
  static List<String> command(ExecutorConfig config, Engine engine, Path bubblewrap, Path filter) {
    List<String> command = new ArrayList<>();
    command.addAll(limited(config, "exec \"$@\" %d<\"$0\"".formatted(FILTER_DESCRIPTOR)));
    command.add(filter.toString());
    command.add(bubblewrap.toString());
    command.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"));
    command.addAll(List.of("--unshare-uts", "--unshare-cgroup", "--disable-userns"));
    command.addAll(List.of("--new-session", "--die-with-parent", "--as-pid-1", "--clearenv"));
    command.addAll(List.of("--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY));
    command.addAll(List.of("--hostname", "executor"));
    for (Engine.File file : engine.files()) {
      command.addAll(List.of("--ro-bind", file.host().toString(), file.inside().toString()));
    }
    engine
        .scratch()
        .ifPresent(empty -> command.addAll(List.of("--size", "4096", "--tmpfs", empty.toString())));
    engine.environment().forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
    command.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
    command.addAll(List.of("--seccomp", String.valueOf(FILTER_DESCRIPTOR), "--"));
    command.addAll(engine.command());
    return List.copyOf(command);
  }

  /** The same without the walls of the operating system. */
  static List<String> openCommand(ExecutorConfig config, Engine engine) {
    List<String> command = new ArrayList<>(limited(config, "exec \"$@\""));
    command.add("executor");
    command.addAll(engine.openCommand());
    return List.copyOf(command);
  }

  /**
   * Limits that need no privilege: no core files, no files at all, bounded stack, memory and CPU
   * time. Whatever cannot be set or entered ends the start.
   */
  private static List<String> limited(ExecutorConfig config, String last) {
    long stackKibibytes = (config.stackBytesMax() + (long) STACK_RESERVE_BYTES) >> 10;
    List<String> steps =
        List.of(
            ENTER_GROUPS,
            "unset %s".formatted(GROUPS),
            "ulimit -c 0",
            "ulimit -f 0",
            "ulimit -n " + OPEN_FILES_MAX,
            "ulimit -s " + stackKibibytes,
            "ulimit -d " + (config.processBytesMax() >> 10),
            "ulimit -t " + config.processCpuMax().toSeconds(),
            last);
    return List.of("/bin/sh", "-c", String.join(" && ", steps));
  }
}
