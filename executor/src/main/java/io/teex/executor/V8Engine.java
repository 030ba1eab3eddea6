package io.teex.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** V8 in Node.js: fast, and the larger of the two engines. */
final class V8Engine implements Engine {
  private static final Path SCRIPT = Path.of("/executor/main.js");
  private static final Path NODE = Path.of("/node");

  /** V8's own frames, the host functions' and the signal handlers' beside the metered stack. */
  private static final int STACK_RESERVE_BYTES = 4 << 20;

  /**
   * Not what bounds the process: V8 collects garbage at every growth of a guest's memory once that
   * is a good part of this, and a guest growing to 1 GiB then costs six seconds instead of 0.3.
   */
  private static final int JAVASCRIPT_HEAP_MEBIBYTES = 4096;

  private final int stackBytesMax;
  private final Path node;
  private final Path script;

  /**
   * @throws io.teex.protocol.TeexException {@code DEPENDENCY_MISSING}
   */
  V8Engine(ExecutorConfig config, WorkDirectory directory) {
    this.stackBytesMax = config.stackBytesMax();
    this.node = Programs.requireNode(config.walls().node());
    this.script = directory.write("main.js", ScriptBundle.build());
  }

  @Override
  public List<Path> programs() {
    return List.of(node);
  }

  @Override
  public List<File> files() {
    List<File> files = new ArrayList<>();
    Programs.librariesOf(node).forEach(library -> files.add(File.same(library)));
    files.add(new File(node, NODE));
    files.add(new File(script, SCRIPT));
    return files;
  }

  @Override
  public List<String> command() {
    return command(NODE, SCRIPT);
  }

  @Override
  public List<String> openCommand() {
    return command(node, script);
  }

  private List<String> command(Path program, Path main) {
    return List.of(
        program.toString(),
        "--stack-size=" + ((stackBytesMax + STACK_RESERVE_BYTES) >> 10),
        "--max-old-space-size=" + JAVASCRIPT_HEAP_MEBIBYTES,
        "--single-threaded-gc",
        "--disallow-code-generation-from-strings",
        "--expose-gc",
        "--no-addons",
        "--no-warnings",
        main.toString());
  }

  @Override
  public SeccompFilter systemCalls() {
    return SeccompFilter.ENGINE;
  }
}
