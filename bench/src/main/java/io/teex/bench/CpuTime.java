package io.teex.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * CPU time of processes, user and system, as Linux' /proc counts it: of each one itself and of the
 * children that it has waited for. One tick is 10 ms, so it takes many tasks to see one.
 */
final class CpuTime {
  private static final double MILLIS_PER_TICK = 10;
  private static final int USER_FIELD = 11;
  private static final int FIELDS = 4;

  private final Map<String, Double> millis;

  private CpuTime(Map<String, Double> millis) {
    this.millis = millis;
  }

  /** Now. */
  static CpuTime of(Map<String, ProcessHandle> parts) {
    Map<String, Double> millis = new LinkedHashMap<>();
    parts.forEach((name, process) -> millis.put(name, read(process.pid())));
    return new CpuTime(millis);
  }

  /**
   * What was used between the two, for each part, divided by {@code count}; the executors of a
   * worker are one part, and one that ended meanwhile counts nothing.
   */
  Map<String, Double> since(CpuTime earlier, int count) {
    Map<String, Double> used = new LinkedHashMap<>();
    millis.forEach((name, now) -> {
      double spent = Math.max(0, now - earlier.millis.getOrDefault(name, 0.0));
      used.merge(
          name.replaceFirst("^executor \\d+ of", "executors of"), spent / count, Double::sum);
    });
    return used;
  }

  private static double read(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name, in brackets, may hold blanks: fields are counted behind it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double ticks = 0;
      for (int i = 0; i < FIELDS; i++) {
        ticks += Double.parseDouble(fields[USER_FIELD + i]);
      }
      return ticks * MILLIS_PER_TICK;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
