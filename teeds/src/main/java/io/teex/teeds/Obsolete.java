package io.teex.teeds;

import java.io.IOException;
import java.util.List;

/** The files that a durable snapshot has made superfluous. */
final class Obsolete {
  private Obsolete() {}

  /**
   * Deletes them.
   *
   * @param segment the first that is still needed
   * @param snapshot the one that is still needed
   */
  static void delete(Disk disk, long segment, long snapshot) throws IOException {
    List<String> names = disk.names();
    for (long number : FileNames.segments(names)) {
      if (number < segment) {
        disk.delete(FileNames.segment(number));
      }
    }
    for (long index : FileNames.snapshots(names)) {
      if (index < snapshot) {
        disk.delete(FileNames.snapshot(index));
      }
    }
  }
}
