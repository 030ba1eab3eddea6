package io.teex.market.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the writable memory of another process of the same owner, through Linux' /proc. */
final class ProcessMemory {
  interface Reader {
    void read(InputStream region) throws IOException;
  }

  private ProcessMemory() {}

  /**
   * Shows each writable region. Read-only mappings are files, which are searched as files.
   *
   * @throws IOException if the kernel refuses: another owner, or hardened ptrace rules
   */
  static void forEachRegion(long pid, Reader reader) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    try (RandomAccessFile memory = new RandomAccessFile(proc.resolve("mem").toFile(), "r")) {
      for (String line : Files.readAllLines(proc.resolve("maps"))) {
        String[] fields = line.split("\\s+", 6);
        if (fields[1].startsWith("rw") && !(fields.length > 5 && fields[5].startsWith("[v"))) {
          String[] range = fields[0].split("-");
          reader.read(
              new Region(
                  memory,
                  Long.parseUnsignedLong(range[0], 16),
                  Long.parseUnsignedLong(range[1], 16)));
        }
      }
    }
  }

  private static final class Region extends InputStream {
    private final RandomAccessFile memory;
    private long at;
    private final long end;

    Region(RandomAccessFile memory, long from, long end) {
      this.memory = memory;
      this.at = from;
      this.end = end;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("regions are read in blocks");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      int wanted = (int) Math.min(length, end - at);
      if (wanted <= 0) {
        return -1;
      }
      try {
        memory.seek(at);
        int n = memory.read(buffer, offset, wanted);
        at += Math.max(n, 0);
        return n;
      } catch (IOException e) {
        // The process unmapped it between the listing and the reading.
        return -1;
      }
    }
  }
}
