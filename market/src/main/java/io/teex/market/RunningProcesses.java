package io.teex.market;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The file that remembers which processes a detached market consists of. */
final class RunningProcesses {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * One process; the start tells it from a later one with the same number.
   *
   * @param started milliseconds since the epoch
   */
  record Entry(String name, long pid, long started) {
    Optional<ProcessHandle> find() {
      return ProcessHandle.of(pid).filter(handle -> startOf(handle) == started && handle.isAlive());
    }
  }

  private RunningProcesses() {}

  static void write(Path file, Collection<RoleProcess> processes) throws IOException {
    List<Entry> entries =
        processes.stream()
            .map(process ->
                new Entry(
                    process.name(),
                    process.pid(),
                    ProcessHandle.of(process.pid()).map(RunningProcesses::startOf).orElse(0L)))
            .toList();
    // A launcher may be killed at any time: the file is the old or the new one, never half of one.
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(next, JSON.writeValueAsString(entries));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Those that still run, in the order in which they were started. */
  static List<Entry> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return JSON.readValue(Files.readString(file), new TypeReference<List<Entry>>() {}).stream()
          .filter(entry -> entry.find().isPresent())
          .toList();
    } catch (IOException | JacksonException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s does not say which processes of this market run: stop them by hand and remove the file"
              .formatted(file),
          e);
    }
  }

  private static long startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
