package io.teex.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in the place of an engine: what becomes of an executor process that a guest has broken.
 *
 * @param program outside
 * @param files what it is shown, itself included
 * @param command inside
 */
record OtherEngine(Path program, List<File> files, List<String> command) implements Engine {
  private static final Path INSIDE = Path.of("/program");
  private static final Path SCRIPT = Path.of("/executor/main.js");

  /** One without libraries. */
  static OtherEngine of(Path program, String... arguments) {
    return new OtherEngine(
        program, List.of(new File(program, INSIDE)), joined(List.of(INSIDE.toString()), arguments));
  }

  /** A script for Node. */
  static OtherEngine node(Path script, String... arguments) {
    Path node = Programs.requireNode(Path.of("node"));
    List<File> files = new ArrayList<>();
    Programs.librariesOf(node).forEach(library -> files.add(File.same(library)));
    files.add(new File(node, INSIDE));
    files.add(new File(script, SCRIPT));
    return new OtherEngine(
        node, files, joined(List.of(INSIDE.toString(), SCRIPT.toString()), arguments));
  }

  private static List<String> joined(List<String> first, String... rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(rest));
    return all;
  }

  @Override
  public List<Path> programs() {
    return List.of(program);
  }

  @Override
  public List<String> openCommand() {
    return command();
  }

  @Override
  public SeccompFilter systemCalls() {
    return SeccompFilter.ENGINE;
  }
}
