package io.teex.market.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the writable memory of another process of the same owner, through Linux' /proc: only pages
 * that were ever written, since engines reserve gigabytes that they never touch.
 */
final class ProcessMemory {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGEMAP_ENTRY_BYTES = 8;
  private static final int PAGES_AT_ONCE = 64 * 1024;
  // Bits 63 and 62 of a pagemap entry: in memory, or swapped out.
  private static final int NOT_EMPTY_SHIFT = 62;

  interface Reader {
    void read(InputStream pages) throws IOException;
  }

  private ProcessMemory() {}

  /**
   * Shows each run of written pages. Read-only mappings are files, which are searched as files.
   *
   * @throws IOException if the kernel refuses: another owner, or hardened ptrace rules
   */
  static void forEachRun(long pid, Reader reader) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    try (RandomAccessFile memory = new RandomAccessFile(proc.resolve("mem").toFile(), "r");
        RandomAccessFile pagemap = new RandomAccessFile(proc.resolve("pagemap").toFile(), "r")) {
      for (String line : Files.readAllLines(proc.resolve("maps"))) {
        String[] fields = line.split("\\s+", 6);
        if (fields[1].startsWith("rw") && !(fields.length > 5 && fields[5].startsWith("[v"))) {
          String[] range = fields[0].split("-");
          long from = Long.parseUnsignedLong(range[0], 16);
          long end = Long.parseUnsignedLong(range[1], 16);
          for (long at = from; at < end; at += (long) PAGES_AT_ONCE * PAGE_BYTES) {
            int pages = (int) Math.min(PAGES_AT_ONCE, (end - at) / PAGE_BYTES);
            readWritten(memory, entries(pagemap, at, pages), at, reader);
          }
        }
      }
    }
  }

  private static ByteBuffer entries(RandomAccessFile pagemap, long at, int pages)
      throws IOException {
    byte[] entries = new byte[pages * PAGEMAP_ENTRY_BYTES];
    pagemap.seek(at / PAGE_BYTES * PAGEMAP_ENTRY_BYTES);
    pagemap.readFully(entries);
    return ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void readWritten(
      RandomAccessFile memory, ByteBuffer entries, long base, Reader reader) throws IOException {
    int pages = entries.capacity() / PAGEMAP_ENTRY_BYTES;
    int page = 0;
    while (page < pages) {
      int first = page;
      while (page < pages && isWritten(entries, page)) {
        page++;
      }
      if (page > first) {
        reader.read(
            new Pages(memory, base + (long) first * PAGE_BYTES, base + (long) page * PAGE_BYTES));
      } else {
        page++;
      }
    }
  }

  private static boolean isWritten(ByteBuffer entries, int page) {
    return entries.getLong(page * PAGEMAP_ENTRY_BYTES) >>> NOT_EMPTY_SHIFT != 0;
  }

  private static final class Pages extends InputStream {
    private final RandomAccessFile memory;
    private long at;
    private final long end;

    Pages(RandomAccessFile memory, long from, long end) {
      this.memory = memory;
      this.at = from;
      this.end = end;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("pages are read in blocks");
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
