package io.teex.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The private memory of this process' executors: what the machine would have more if one of them
 * were not there. Pages that all of them share are not counted.
 */
final class ProcessMemory {
  private ProcessMemory() {}

  static double largestMebibytes(String engine) {
    return all(engine).max().orElse(0);
  }

  static double smallestMebibytes(String engine) {
    return all(engine).min().orElse(0);
  }

  /** Of the engine's processes, which are those that started nobody. */
  private static DoubleStream all(String engine) {
    List<ProcessHandle> processes =
        ProcessHandle.current()
            .descendants()
            .filter(process -> process.children().findAny().isEmpty())
            .toList();
    if (processes.isEmpty()) {
      throw new IllegalStateException("no processes of " + engine);
    }
    return processes.stream().mapToDouble(ProcessMemory::mebibytes);
  }

  private static double mebibytes(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc/%d/smaps_rollup".formatted(process.pid()))).stream()
              .filter(line -> line.startsWith("Private_"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          / 1024.0;
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the memory of a process", e);
    }
  }
}
