package io.teex.teeds;

import java.io.IOException;
import java.util.Arrays;

/**
 * Tells a write that a crash cut short from damage. Only the last record of the log can be torn,
 * since a record is written after the one before is durable; and a torn one was never acknowledged.
 * A crash leaves of it
 *
 * <ul>
 *   <li>nothing, or fewer bytes than its header promises, or
 *   <li>as many bytes, of which some sectors were never written and read as zeros.
 * </ul>
 *
 * <p>No flipped or lost bytes look like that: the header has a checksum, so a changed size is not
 * taken for a short record, and sealed bytes contain 8 zeros with a probability of 2^-64. Anything
 * else is damage, such as a first sector that was lost while a later one was written, which
 * journaling file systems do not let happen to a file that grows. (A host that cuts the log on
 * purpose puts back an older state, against which a single replica is unprotected.)
 */
final class TornTail {
  private static final int SECTOR_BYTES = 512;
  private static final int ZEROS_MIN = 8;

  private TornTail() {}

  /** Whether the log ends at {@code at}, where the record {@code index} would begin. */
  static boolean begins(Disk.Source file, long at, long index) throws IOException {
    long rest = file.size() - at;
    if (rest < RecordHeader.BYTES) {
      return true;
    }
    byte[] bytes = file.read(at, RecordHeader.BYTES);
    if (!RecordHeader.isIntact(bytes, index)) {
      return endsInZeros(file, at, bytes);
    }
    int total = RecordHeader.decode(bytes).totalBytes();
    return rest < total || (rest == total && hasUnwrittenSector(file, at, total));
  }

  /**
   * Whether the file was extended but never written from inside this header on: its bytes up to
   * some sector boundary, if any, and then nothing but zeros.
   */
  private static boolean endsInZeros(Disk.Source file, long at, byte[] header) throws IOException {
    long boundary = at % SECTOR_BYTES == 0 ? at : (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
    boolean nothingWritten = isZero(header, 0, header.length);
    boolean straddles = boundary < at + header.length;
    long from = nothingWritten ? at : boundary;
    return (nothingWritten || straddles)
        && file.size() - from >= ZEROS_MIN
        && isZero(file, from, file.size());
  }

  private static boolean hasUnwrittenSector(Disk.Source file, long at, int total)
      throws IOException {
    byte[] record = file.read(at, total);
    long from = at;
    while (from < at + total) {
      long to = Math.min((from / SECTOR_BYTES + 1) * SECTOR_BYTES, at + total);
      if (to - from >= ZEROS_MIN && isZero(record, (int) (from - at), (int) (to - at))) {
        return true;
      }
      from = to;
    }
    return false;
  }

  private static boolean isZero(Disk.Source file, long from, long to) throws IOException {
    for (long at = from; at < to; at += 1 << 16) {
      byte[] part = file.read(at, (int) Math.min(1 << 16, to - at));
      if (!isZero(part, 0, part.length)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
  }
}
